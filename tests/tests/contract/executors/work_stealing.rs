//! What the work-stealing pool alone promises: rayon inside of its calls, which stay apart all the
//! same.

/// For the work-stealing pool alone.
macro_rules! work_stealing {
    () => {
        facts! {
            stealing::threads {
                by_default_there_is_a_worker_a_cpu,
                all_workers_start_with_the_pool,
                sixty_blocking_tasks_on_four_workers_use_them_all,
                a_refused_thread_is_an_error_of_build,
                many_pools_made_and_dropped_leave_no_thread,
                a_pool_dropped_in_its_own_task_leaves_no_thread,
                a_pool_dropped_in_a_half_of_a_join_leaves_no_thread,
                an_idle_pool_burns_nothing,
                a_call_that_nobody_may_come_for_burns_little,
                a_shutdown_with_a_limit_tells_of_an_initializer_though_there_was_no_call,
                a_shutdown_with_a_limit_does_not_wait_for_what_a_worker_helps_with,
                a_shutdown_with_a_limit_does_not_wait_for_what_a_worker_does_at_home,
            }
            stealing::rayon_inside {
                par_iter_in_a_task_runs_on_the_threads_of_the_pool,
                a_join_in_a_task_runs_on_the_threads_of_the_pool,
                a_scope_of_rayon_in_a_task_runs_on_the_threads_of_the_pool,
                what_a_task_spawns_on_rayon_runs_on_the_threads_of_the_pool,
                a_call_on_an_extra_thread_is_on_no_worker_of_rayon,
                halves_that_wait_for_calls_do_not_deadlock_on_one_worker,
                halves_that_wait_for_calls_do_not_deadlock_on_two_workers,
                calls_of_a_map_travel_in_chunks_unless_there_is_a_bound,
                what_a_task_spawned_on_rayon_has_run_when_the_pool_is_gone,
            }
            stealing::rayon_panics {
                a_panic_in_a_par_iter_fails_its_call_alone,
                a_panic_in_a_first_half_fails_its_call_alone,
                a_panic_in_a_stolen_half_fails_its_call_alone,
                a_panic_in_a_scope_of_rayon_fails_its_call_alone,
                a_panic_in_what_a_task_spawned_on_rayon_is_logged,
                a_payload_of_rayon_that_panics_when_dropped_ends_no_pool,
            }
            stealing::lock_across_join {
                a_lock_held_across_a_join_is_met_by_no_call_below,
                a_lock_held_across_a_join_in_a_stolen_half_is_met_by_no_call_below,
                a_lock_held_across_a_join_deadlocks_on_plain_rayon,
                a_lock_held_across_a_join_in_a_stolen_half_deadlocks_on_plain_rayon,
            }
            stealing::stacked_calls {
                calls_that_hold_a_lock_across_a_join_all_get_through,
                a_call_starts_on_a_worker_that_becomes_free,
                a_call_starts_though_all_other_workers_wait,
                a_call_starts_on_an_idle_worker_while_another_sleeps_in_a_join,
                no_call_runs_on_top_of_another_in_a_storm,
                a_call_runs_on_top_of_another_only_if_that_waits_for_it,
                a_half_on_top_of_the_call_it_waits_for_is_told_so,
            }
        }
    };
}

/// The same, where a program can be given little address space.
macro_rules! work_stealing_in_little_space {
    () => {
        facts! {
            pool::limited_address_space {
                threads_that_started_before_one_was_refused_are_gone,
            }
        }
    };
}
