//! What executors promise whose calls wait and run apart from the caller: in threads, or in other
//! processes.

/// For those with workers, wherever these are: calls are portable, and gates are files.
macro_rules! workers {
    ($fixture:ty) => {
        facts_of_the_system! { <$fixture>
            future::awaiting {
                a_limit_of_tokio_leaves_the_future_usable,
            }
            future::cancel_on_drop {
                a_request_whose_time_is_up_takes_its_pending_calls_along,
            }
        }
        facts! { <$fixture>
            pool::submit {
                a_call_whose_future_is_dropped_still_runs,
                a_detached_call_still_runs,
                calls_start_in_the_order_they_were_submitted,
                an_idle_worker_keeps_no_result,
                map_keeps_no_result_that_it_has_given,
            }
            future::results {
                a_running_future_is_running_and_not_done,
                a_call_behind_a_busy_worker_is_pending,
                a_call_behind_a_busy_worker_can_still_be_cancelled,
                a_cancelled_future_is_done_and_cancelled,
                a_zero_wait_on_a_pending_call_times_out,
                a_zero_wait_on_a_running_call_times_out,
                a_zero_wait_tells_of_a_cancel,
                a_timed_out_wait_leaves_the_future_usable,
                a_blocked_result_wakes_on_a_value,
                a_blocked_result_wakes_on_a_failure,
                a_blocked_result_wakes_on_a_cancel_from_another_thread,
            }
            pool::status {
                a_pool_tells_whether_it_was_closed,
                a_sound_pool_is_not_broken,
                wait_idle_waits_for_all_calls,
                wait_idle_of_a_pool_without_calls_returns,
                wait_idle_waits_for_what_is_pending_and_running_through_a_shared_pool,
                wait_idle_timeout_says_what_is_left,
                wait_idle_leaves_the_pool_as_it_was,
                wait_idle_in_a_callback_does_not_wait,
                many_threads_may_wait_until_a_pool_is_idle,
                wait_idle_sees_the_end_of_every_burst,
                wait_idle_returns_when_the_rest_was_cancelled,
                wait_idle_of_a_closed_pool_waits_for_what_was_submitted,
                a_close_that_races_submits_strands_no_call,
            }
            future::callbacks {
                a_callback_learns_of_a_cancel,
                callbacks_run_once_each_in_the_order_added,
                a_callback_runs_though_nobody_keeps_the_future,
                a_panicking_callback_lets_the_later_ones_run,
                a_panicking_callback_ends_no_worker,
                a_panicking_callback_is_logged,
                the_state_changes_before_the_callbacks_run,
                waiters_wake_before_the_callbacks_have_run,
                the_value_is_handed_out_only_after_the_callbacks_have_run,
                waiting_for_a_future_in_its_own_callback_would_deadlock,
                a_callback_of_a_cancelled_call_runs_on_the_cancelling_thread_before_cancel_returns,
                a_callback_added_inside_a_callback_of_the_same_call_runs_after_the_others,
            }
            future::inside_callbacks {
                a_callback_may_submit,
                a_callback_may_submit_beyond_the_bound,
                a_callback_may_wait_for_another_future,
                a_callback_may_cancel_another_call,
                a_callback_may_cancel_its_own_call_in_vain,
                a_callback_may_drop_its_own_future,
                a_callback_may_shut_its_pool_down_and_the_rest_drains,
                a_callback_may_drop_its_pool_and_the_rest_drains,
                callbacks_of_other_futures_may_be_added_inside,
            }
            future::cancel {
                cancel_before_start_returns_true,
                cancel_while_running_returns_false,
                cancel_of_a_cancelled_call_returns_true,
                a_cancelled_call_never_runs,
                a_cancelled_call_frees_its_place_under_a_bound_at_once,
                a_canceller_cancels_what_nobody_waits_for,
                a_canceller_tells_how_the_call_stands,
                a_cancel_racing_the_start_loses_no_call,
                a_cancel_wakes_result_at_once,
                a_cancel_wakes_get_at_once,
                a_cancel_wakes_wait_at_once,
                a_cancel_wakes_as_completed_at_once,
                a_cancel_runs_the_callbacks_at_once,
                a_cancel_wakes_await_at_once,
                abort_of_a_pending_call_cancels_it,
                cancel_pending_cancels_all_that_no_worker_has_started,
            }
            future::awaiting {
                dropping_the_awaiting_side_leaves_the_task_running,
                dropping_the_awaiting_side_leaves_a_pending_call_to_run,
                awaiting_ends_only_after_the_callbacks_have_run,
            }
            future::cancel_on_drop {
                dropping_a_future_that_cancels_takes_a_pending_call_along,
                dropping_a_future_that_cancels_leaves_a_running_call_to_end,
                a_kept_future_cancels_nothing_when_dropped,
            }
            future::in_place {
                an_outside_waiter_never_runs_a_call,
            }
            wait::return_when {
                a_future_listed_twice_is_left_once,
                futures_of_different_executors_mix,
                first_completed_returns_all_that_are_done_already,
                first_completed_leaves_the_running_ones,
                first_completed_wakes_when_one_finishes,
                first_completed_counts_a_cancelled_one,
                first_exception_returns_earlier_successes_with_the_failure,
                first_exception_wakes_on_a_panic,
                first_exception_sleeps_through_a_success,
                a_cancelled_future_is_no_exception,
                a_cancel_does_not_wake_first_exception,
                an_err_returned_by_a_task_is_an_exception,
                all_completed_gives_successes_failures_and_cancelled_ones,
                a_timeout_partitions_the_futures,
                several_threads_may_wait_for_one_future,
                an_earlier_wait_leaves_nothing_behind,
            }
            wait::wake_ups {
                futures_that_finish_at_once_lose_no_wake_up,
                futures_that_finish_at_once_all_come,
            }
            wait::as_completed {
                done_ones_come_first,
            }
            map::results {
                without_a_buffer_everything_is_submitted_at_the_call,
                dropping_a_map_loses_no_work,
                dropping_a_map_that_was_asked_to_cancel_cancels_what_is_pending,
            }
            map::timing {
                a_map_that_nobody_iterates_starts_nothing_after_its_deadline,
                a_deadline_gives_earlier_results_then_one_error_then_the_end,
                what_had_not_started_at_the_deadline_never_runs,
                what_had_not_started_at_the_deadline_never_runs_though_its_chunk_did,
                a_deadline_pulls_no_more_inputs,
                into_vec_fails_at_the_deadline,
                unordered_results_come_as_they_finish,
                an_unordered_deadline_gives_what_is_done_then_one_error,
                a_call_pending_behind_a_map_gets_its_turn,
            }
            pool::options {
                a_call_that_failed_runs_once,
            }
            pool::bound {
                submit_blocks_while_the_bound_is_reached,
                a_blocked_submit_goes_on_when_a_pending_call_is_cancelled,
                try_submit_takes_a_call_while_there_is_room,
                try_submit_gives_the_call_back_at_the_bound,
                the_helper_try_submit_gives_the_call_back_at_the_bound,
                a_call_that_was_given_back_is_whole_and_runs_later,
                running_calls_do_not_count_for_the_bound,
                a_place_is_free_again_when_its_call_has_started,
                failed_calls_free_their_places,
                many_submitters_at_a_bound_all_get_through,
                a_map_goes_through_a_bound,
                a_bound_of_zero_is_refused,
            }
            pool::panics {
                a_panic_without_a_text_has_a_message_all_the_same,
                a_panicking_task_leaves_the_running_ones_alone,
                a_worker_survives_the_panic_of_its_task,
                what_did_not_panic_has_no_place,
            }
            pool::hostile {
                a_payload_that_panics_when_dropped_ends_no_pool,
                a_waker_that_panics_ends_no_pool,
                a_callback_that_panics_while_it_is_dropped_strands_nobody,
            }
            pool::shutdown {
                a_shutdown_with_no_time_ends_an_idle_pool,
                shutdown_runs_all_queued_tasks_before_it_returns,
                shutdown_waits_for_the_running_ones,
                dropping_a_pool_finishes_its_queued_work,
                dropping_the_last_arc_of_a_pool_finishes_its_queued_work,
                a_detached_shutdown_does_not_wait,
                a_detached_shutdown_still_finishes_queued_work,
                a_cancelling_shutdown_finishes_the_running_and_cancels_the_others,
                a_cancelling_shutdown_loses_no_call_between,
                a_cancel_just_before_shutdown_does_not_hang,
                cancelling_everything_before_shutdown_does_not_hang,
                closing_twice_and_shutting_down_is_harmless,
                a_pool_that_never_worked_shuts_down,
                a_shutdown_with_a_limit_says_what_was_left,
                what_a_shutdown_with_a_limit_left_goes_on,
                a_shutdown_with_a_limit_returns_when_all_is_done,
                a_shutdown_with_a_limit_counts_no_cancelled_call,
                a_shutdown_with_a_limit_counts_no_idle_worker,
                what_a_shutdown_with_a_limit_left_runs_in_its_order,
            }
            pool::closed {
                a_submit_after_close_is_a_typed_error,
                a_try_submit_after_close_is_no_full_pool,
                a_map_after_close_fails_item_by_item,
                calls_submitted_before_close_still_run,
                close_does_not_wait,
                a_submit_blocked_at_the_bound_of_a_closing_pool_returns,
                a_submit_racing_the_close_is_never_stranded,
            }
            future::across_threads {
                a_callback_on_a_cancelling_thread_may_shut_its_pool_down,
            }
            pool::workers {
                zero_workers_are_refused,
                times_are_told_where_they_were_asked_for,
            }
        }
    };
}
