//! What pools promise whose workers are threads that they start: names, an initializer, closures
//! that borrow.

/// For those among the local workers.
macro_rules! own_threads {
    ($fixture:ty) => {
        facts! { <$fixture>
            pool::initializer {
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
                a_broken_pool_shuts_down,
                a_map_on_a_broken_pool_fails_item_by_item,
            }
            pool::status {
                a_broken_pool_says_so_and_why,
                the_threads_of_a_closed_pool_end_when_its_calls_have,
                the_threads_of_a_pool_that_is_closed_while_idle_end,
                the_threads_of_a_pool_that_is_closed_by_a_task_end,
            }
            pool::workers {
                more_workers_than_can_be_counted_are_refused,
                threads_are_named_by_prefix_and_number,
                the_system_knows_the_names_of_threads,
                default_prefixes_differ_from_pool_to_pool,
                no_thread_is_left_when_a_pool_is_dropped,
                a_pool_without_work_is_dropped_at_once,
                an_err_returned_by_try_spawn_is_an_exception,
            }
            scope::borrowing {
                closures_of_a_scope_borrow,
                closures_of_a_scope_change_disjoint_chunks,
                a_scope_returns_what_its_closure_returns,
                a_scope_without_closures_returns,
                a_future_may_leave_its_scope,
                futures_of_a_scope_are_waited_for_together,
                an_err_of_try_spawn_in_a_scope_is_a_failure,
                a_callback_of_a_scope_is_run_before_the_end,
                closures_of_a_scope_spawn_more,
                outside_of_its_pool_a_scope_runs_nothing_itself,
                a_scope_on_its_own_single_worker_does_not_deadlock,
                a_scope_on_its_own_single_worker_runs_its_calls_in_order,
                scopes_nest_100_000_deep_on_one_worker,
                the_end_on_a_worker_runs_calls_that_come_while_it_waits,
                the_end_on_a_worker_runs_no_stranger,
                a_scope_goes_through_a_bound,
                a_bound_counts_the_calls_of_a_scope,
                a_scope_of_a_closed_pool_ends,
            }
            scope::end {
                what_a_closure_that_ran_captured_is_gone,
                what_a_forgotten_call_captured_is_gone,
                what_a_cancelled_closure_captured_is_gone,
                what_a_panicking_closure_captured_is_gone,
                what_a_closure_captured_is_gone_when_the_pool_was_closed,
                what_a_closure_captured_is_gone_when_the_initializer_failed,
                what_closures_captured_is_gone_when_their_calls_are_cancelled_by_the_pool,
                an_outcome_that_borrows_is_gone_with_its_future,
                the_end_waits_while_a_closure_runs,
                the_end_waits_while_an_outcome_nobody_wants_is_dropped,
                the_end_waits_while_a_panicking_closure_drops_what_it_captured,
                the_end_waits_while_another_thread_cancels,
                the_end_waits_for_callbacks,
                the_end_is_reached_under_a_storm_of_cancels,
            }
            scope::panics {
                a_panic_nobody_was_told_of_goes_on_with_its_payload,
                a_panic_of_a_forgotten_future_goes_on,
                a_panic_of_a_future_that_was_only_waited_for_goes_on,
                the_first_panic_goes_on,
                the_first_panic_nobody_was_told_of_goes_on,
                a_panic_that_result_gave_does_not_go_on,
                a_panic_that_get_gave_does_not_go_on,
                a_panic_that_exception_gave_does_not_go_on,
                a_panic_that_peek_gave_does_not_go_on,
                a_panic_that_a_callback_was_given_does_not_go_on,
                a_panic_that_an_await_gave_does_not_go_on,
                a_panic_that_another_closure_of_the_scope_was_given_does_not_go_on,
                a_panic_in_the_scope_itself_waits_for_its_calls,
                a_panic_in_the_scope_itself_comes_before_those_of_calls,
                a_panic_goes_on_through_nested_scopes,
                a_pool_goes_on_after_a_scope_that_panicked,
                payloads_that_panic_when_dropped_do_not_keep_a_scope_from_ending,
            }
        }
    };
}

/// The same, where a program can be given little address space.
macro_rules! own_threads_in_little_space {
    ($fixture:ty) => {
        facts_of_the_system! { <$fixture>
            pool::limited_address_space {
                nested_waits_end_when_extra_threads_are_refused,
                a_call_with_stack_enough_runs_in_place_when_an_extra_thread_is_refused,
            }
        }
    };
}
