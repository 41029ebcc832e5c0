//! What the thread pool alone promises: threads that start on demand, and go.

/// For the thread pool alone.
macro_rules! thread_pool {
    () => {
        facts_of_the_system! {
            pool::refused_threads {
                without_any_thread_a_call_fails_with_that_reason,
                without_any_thread_no_call_is_stranded,
                without_any_thread_calls_of_many_threads_are_not_stranded,
                without_any_thread_a_bounded_submit_returns,
                without_any_thread_a_map_ends,
                without_any_thread_a_pool_shuts_down,
                a_refused_thread_is_logged,
            }
        }
        facts! {
            pool::initializer {
                a_broken_pool_has_no_threads,
            }
            pool::status {
                wait_idle_ends_no_thread,
            }
            pool::thread_count {
                three_calls_that_meet_take_three_threads,
                sixteen_calls_that_meet_take_half_of_32_workers,
                as_many_calls_as_workers_that_meet_take_all_of_them,
                bursts_of_several_threads_take_no_more_threads_than_calls,
                calls_submitted_by_calls_take_no_more_threads_than_calls,
                calls_that_are_cancelled_at_once_take_one_thread,
                a_backlog_that_was_cancelled_takes_no_thread,
                one_call_after_another_takes_one_thread_while_threads_leave,
                two_calls_at_a_time_take_two_threads,
            }
            pool::workers {
                by_default_there_are_four_workers_more_than_cpus_and_at_most_32,
                sixty_blocking_tasks_on_four_workers_make_exactly_four_threads,
                five_hundred_workers_all_work_at_once,
                five_hundred_workers_share_many_small_calls,
                sequential_tasks_reuse_one_idle_thread,
                a_new_pool_has_no_thread,
                threads_start_on_demand,
                idle_threads_end_when_asked_to,
                a_storm_of_calls_and_idle_ends_strands_no_call,
            }
        }
    };
}

/// The same, where a program can be given little address space.
macro_rules! thread_pool_in_little_space {
    () => {
        facts_of_the_system! {
            pool::limited_address_space {
                calls_run_on_the_threads_there_are_when_more_are_refused,
            }
        }
    };
}
