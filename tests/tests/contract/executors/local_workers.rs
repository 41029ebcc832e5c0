//! What executors promise whose workers share the memory of their caller: closures, waits in place,
//! drops.

/// For those among them whose calls wait and run apart from the caller.
macro_rules! local_workers {
    ($fixture:ty) => {
        facts! { <$fixture>
            pool::submit {
                arguments_are_gone_when_the_call_has_run,
                arguments_are_gone_when_the_call_has_panicked,
                a_result_that_nobody_wants_is_dropped,
                map_keeps_no_argument_of_a_call_that_has_run,
                a_pool_keeps_no_result_of_a_dropped_map,
            }
            pool::drops {
                arguments_that_panic_in_drop_go_quietly_with_what_never_runs,
                what_a_callback_captured_may_panic_in_drop,
                what_a_task_threw_may_panic_in_drop,
            }
            future::results {
                a_zero_wait_never_runs_the_call,
            }
            future::inside_callbacks {
                a_task_may_drop_its_pool_and_the_rest_drains,
                a_task_may_shut_its_pool_down_and_the_rest_drains,
                a_task_may_submit_beyond_the_bound,
                a_map_inside_a_task_goes_beyond_the_bound,
            }
            future::cancel {
                a_cancelled_call_drops_its_arguments_at_once,
            }
            future::nested_waits {
                nested_result_does_not_deadlock,
                nested_get_does_not_deadlock,
                nested_result_timeout_does_not_deadlock,
                nested_wait_does_not_deadlock,
                nested_as_completed_does_not_deadlock,
                nested_as_completed_with_a_limit_does_not_deadlock,
                nested_map_does_not_deadlock,
                nested_into_vec_does_not_deadlock,
                nested_map_in_chunks_does_not_deadlock,
                nested_shared_futures_do_not_deadlock,
                nested_exception_does_not_deadlock,
                waits_nest_100_000_deep_on_one_worker,
                calls_that_all_wait_finish_on_few_workers,
                waiting_for_the_own_call_would_deadlock,
                waiting_in_place_for_the_call_that_waits_would_deadlock,
                waiting_for_a_call_on_an_extra_thread_below_would_deadlock,
                a_panic_in_place_stays_with_the_inner_call,
                workers_that_wait_for_each_others_queue_finish,
                several_waits_leave_the_own_call_out,
            }
            future::in_place {
                a_waiting_worker_never_runs_a_strangers_call,
                a_worker_that_waits_for_one_of_several_runs_one_in_place,
                a_worker_of_another_pool_never_runs_a_call,
                a_limit_bounds_the_waiting_and_not_a_call_in_place,
                a_limit_ends_the_wait_for_a_call_that_runs_elsewhere,
                a_worker_wakes_on_a_future_of_nobody,
                a_limit_keeps_wait_from_starting_more_calls_in_place,
            }
            wait::return_when {
                an_err_returned_by_a_fallible_closure_is_an_exception,
                an_err_returned_by_a_plain_closure_is_a_value,
            }
            map::results {
                dropping_a_map_that_was_asked_to_cancel_drops_the_arguments,
            }
            map::timing {
                without_order_what_ended_late_comes_before_the_time_out,
                a_chunk_run_in_place_starts_nothing_after_the_deadline,
            }
            pool::options {
                a_task_is_not_asked_to_stop_by_itself,
                abort_asks_a_running_task_to_stop,
                abort_through_a_canceller_asks_a_running_task_to_stop,
                a_task_that_does_not_look_is_not_stopped_by_abort,
                an_abort_is_not_left_for_the_next_call,
                an_abort_reaches_its_own_call_and_none_in_place_of_it,
            }
            pool::bound {
                a_call_that_was_given_back_holds_its_arguments,
            }
            pool::panics {
                a_panic_can_go_on_in_the_caller,
            }
            pool::hostile {
                a_result_that_panics_when_dropped_ends_no_pool,
                an_argument_that_panics_when_a_cancel_drops_it_strands_nobody,
                a_refused_argument_that_panics_when_dropped_strands_nobody,
            }
            pool::shutdown {
                a_pool_that_is_drained_runs_what_its_own_calls_wait_for,
            }
            pool::closed {
                a_submit_after_close_drops_its_arguments,
                a_call_that_runs_after_close_cannot_submit_either,
            }
            future::across_threads {
                a_waker_that_takes_its_time_holds_up_no_other_call,
                a_callback_on_a_cancelling_thread_may_shut_down_the_pool_that_waits_for_its_call,
                arguments_that_hold_the_last_handle_of_the_pool_may_be_cancelled,
                the_drop_of_an_unwanted_result_holds_up_no_other_call,
                an_iterator_handed_to_the_call_it_holds_does_not_hang,
                an_iterator_taken_from_the_call_it_holds_waits_for_its_end,
            }
        }
    };
}
