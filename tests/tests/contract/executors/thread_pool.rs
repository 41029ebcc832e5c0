//! What the thread pool promises beside that: its workers, their start and their end.

/// For the thread pool alone.
macro_rules! thread_pool {
    () => {
        facts! {
            bound {
                a_bound_of_zero_is_refused,
            }
            initializer {
                the_initializer_has_run_on_each_worker_before_any_task,
                the_initializer_runs_once_a_worker,
                the_initializer_has_run_on_extra_threads,
                an_initializer_that_fails_on_the_first_worker_breaks_the_pool,
                an_initializer_that_panics_on_the_first_worker_breaks_the_pool,
                an_initializer_that_fails_on_the_third_worker_breaks_the_pool,
                an_initializer_that_panics_on_the_third_worker_breaks_the_pool,
                calls_pending_when_the_pool_breaks_fail_with_its_error,
                a_call_cancelled_before_the_pool_broke_stays_cancelled,
                a_submit_blocked_at_the_bound_of_a_breaking_pool_returns,
                a_failing_initializer_is_logged,
                a_panicking_initializer_is_logged,
                a_payload_of_the_initializer_that_panics_when_dropped_strands_nobody,
                a_shutdown_with_a_limit_does_not_wait_for_an_initializer,
                a_broken_pool_has_no_threads,
                a_broken_pool_shuts_down,
                a_map_on_a_broken_pool_fails_item_by_item,
            }
            refused {
                without_any_thread_a_call_fails_with_that_reason,
                without_any_thread_no_call_is_stranded,
                without_any_thread_calls_of_many_threads_are_not_stranded,
                without_any_thread_a_bounded_submit_returns,
                without_any_thread_a_map_ends,
                without_any_thread_a_pool_shuts_down,
                a_refused_thread_is_logged,
            }
            workers {
                zero_workers_are_refused,
                more_workers_than_can_be_counted_are_refused,
                by_default_there_are_four_workers_more_than_cpus_and_at_most_32,
                sixty_blocking_tasks_on_four_workers_make_exactly_four_threads,
                five_hundred_workers_all_work_at_once,
                five_hundred_workers_share_many_small_calls,
                sequential_tasks_reuse_one_idle_thread,
                a_new_pool_has_no_thread,
                threads_start_on_demand,
                idle_threads_end_when_asked_to,
                a_storm_of_calls_and_idle_ends_strands_no_call,
                threads_are_named_by_prefix_and_number,
                the_system_knows_the_names_of_threads,
                default_prefixes_differ_from_pool_to_pool,
                no_thread_is_left_when_a_pool_is_dropped,
                a_pool_without_work_is_dropped_at_once,
                closures_are_spawned,
                an_err_returned_by_try_spawn_is_an_exception,
                times_are_told_where_they_were_asked_for,
            }
        }
    };
}

/// For the thread pool, where a program can be given little address space.
macro_rules! little_space {
    () => {
        facts! {
            little_space {
                calls_run_on_the_threads_there_are_when_more_are_refused,
                nested_waits_end_when_extra_threads_are_refused,
                a_call_with_stack_enough_runs_in_place_when_an_extra_thread_is_refused,
            }
        }
    };
}
