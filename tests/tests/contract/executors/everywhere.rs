//! What every executor promises: portable calls, made by anybody.

/// For any executor.
macro_rules! everywhere {
    ($fixture:ty) => {
        facts_of_the_system! { <$fixture>
            future::awaiting {
                a_future_is_awaited_on_tokio,
            }
        }
        facts! { <$fixture>
            pool::submit {
                a_submitted_call_gives_its_value,
                a_submitted_call_starts_without_any_further_act,
                parameters_named_like_internals_pass_through_submit,
                a_parameter_may_bear_the_name_of_its_task,
                parameters_named_like_internals_pass_through_a_call,
                parameters_named_like_internals_pass_through_map,
                many_calls_of_many_threads_all_run,
            }
            task::helpers {
                the_helpers_of_one_parameter_call_the_function,
                the_helpers_of_two_parameters_call_the_function,
                the_helpers_of_seven_parameters_call_the_function,
                the_helper_submit_with_takes_options_before_the_arguments,
                the_helper_try_submit_gives_a_future_where_there_is_room,
                new_and_a_literal_make_the_same_call,
                a_task_without_parameters_is_made_and_submitted,
                the_shortest_input_ends_a_map_wherever_it_stands,
                a_pattern_is_a_field_named_by_its_place,
                a_named_parameter_beside_a_pattern_keeps_its_name,
                a_call_is_cloned_and_shown_as_its_arguments_are,
                starmap_with_lends_its_inputs_behind_a_buffer,
            }
            task::failures {
                a_failure_is_one_thing_to_all_that_ask,
                try_result_parts_what_was_returned_from_what_went_wrong,
            }
            bytes::portable_error {
                an_error_of_a_map_is_at_its_own_item,
            }
            pool::drops {
                results_that_panic_in_drop_go_quietly_with_their_map,
                results_that_panic_in_drop_go_quietly_when_another_failed,
                a_result_that_panics_in_drop_goes_quietly_with_its_future,
                arguments_that_panic_in_drop_reach_no_submitter,
            }
            future::results {
                a_finished_future_is_done_and_not_running,
                a_failed_future_is_done_and_not_cancelled,
                a_zero_wait_gives_a_finished_value,
                a_zero_wait_gives_the_error_of_a_failed_call,
                peek_lends_the_outcome_without_waiting,
                exception_is_the_error_or_nothing,
                a_future_has_the_id_and_the_name_of_its_call,
            }
            future::callbacks {
                a_callback_borrows_the_value_of_a_success,
                a_callback_borrows_the_error_of_a_failure,
                a_callback_borrows_the_err_that_a_task_returned,
                a_late_callback_runs_at_once_on_the_callers_thread,
                a_late_callback_that_panics_does_not_throw,
                a_late_callback_that_panics_is_logged,
            }
            future::cancel {
                cancel_after_the_end_returns_false,
                a_canceller_outlives_its_future_in_peace,
            }
            future::cancel_on_drop {
                a_future_that_cancels_when_dropped_gives_its_value,
                futures_that_cancel_when_dropped_can_be_waited_for_together,
            }
            future::awaiting {
                a_future_is_awaited_with_a_waker_made_by_hand,
                a_future_is_awaited_on_pollster,
                awaiting_a_reference_lends_the_outcome,
                a_shared_future_is_awaited_by_each_of_its_clones,
            }
            wait::return_when {
                a_future_listed_twice_by_reference_counts_once,
                a_shared_future_listed_twice_counts_once,
                first_exception_among_done_ones_returns_them_all,
                all_completed_leaves_nothing,
                waiting_for_nothing_returns_at_once,
            }
            wait::as_completed {
                each_future_comes_once,
                each_future_that_comes_is_done,
                a_future_listed_twice_comes_once,
                futures_can_be_added_while_iterating,
                each_future_carries_its_key,
            }
            map::size_hints {
                a_map_says_how_many_results_are_left,
                a_map_behind_a_buffer_adds_what_its_inputs_say,
                a_map_with_a_time_limit_promises_one_item,
                a_refused_map_says_that_one_error_is_left,
                flat_results_are_as_many_as_those_of_the_map,
                try_into_vec_gives_the_values,
                try_into_vec_gives_the_first_failure_in_order,
                as_completed_says_how_many_futures_are_left,
                as_completed_with_a_time_limit_promises_one_item,
            }
            map::values {
                a_vec_of_many_results_is_that_of_the_serial_map,
                results_taken_before_are_not_in_the_vec,
                what_inputs_say_of_their_number_need_not_be_true,
            }
            map::results {
                map_equals_the_serial_map,
                map_equals_the_serial_map_for_every_chunk_size,
                any_buffer_gives_the_same_results,
                map_zips_its_inputs_and_the_shortest_ends_it,
                an_infinite_input_ends_with_the_shortest,
                map_of_nothing_is_nothing,
                calls_can_be_mapped_as_values,
                a_chunk_size_of_zero_is_refused_at_the_call,
                a_buffer_of_zero_is_refused_at_the_call,
                an_infinite_input_without_a_buffer_is_refused_at_the_call,
                a_refused_map_pulls_nothing,
                exactly_a_buffer_of_inputs_is_pulled_before_the_first_next,
                never_more_than_a_buffer_of_inputs_is_ahead,
                a_chunk_never_exceeds_the_buffer,
                infinite_inputs_work_with_a_buffer,
                inputs_may_be_borrowed_with_a_buffer,
                a_failed_item_gives_its_error_at_its_own_turn,
                a_failed_item_of_a_chunk_gives_its_error_at_its_own_turn,
                a_failed_item_behind_a_buffer_gives_its_error_at_its_own_turn,
                into_vec_gives_the_first_error_in_order,
                a_time_out_returned_by_the_task_is_a_value_of_its_map,
                a_time_out_thrown_by_the_task_is_not_the_end_of_its_map,
            }
            map::timing {
                a_deadline_that_does_not_pass_changes_nothing,
                unordered_gives_all_results_for_every_chunk_and_buffer,
                unordered_gives_each_failure_once,
                a_map_can_be_taken_to_another_thread,
                a_buffered_map_out_of_time_with_inputs_left_says_so,
            }
            pool::options {
                a_name_of_its_own_is_kept,
                abort_after_the_end_returns_false,
                what_nobody_can_reach_is_kept_everywhere,
            }
            pool::skipped_options {
                a_call_runs_without_what_its_executor_skips,
            }
            task::options {
                a_caller_lifts_what_the_task_asks,
            }
            pool::panics {
                a_panic_comes_back_as_an_error_with_its_message,
                a_panic_names_its_task,
                a_thrown_value_is_told_with_its_type,
                a_panic_with_a_text_can_go_on_in_the_caller,
                a_panicking_task_hurts_no_other,
                a_panic_tells_its_place_when_our_hook_is_installed,
            }
            pool::hostile {
                inputs_that_panic_at_the_call_of_a_map_leave_the_pool_whole,
                inputs_that_panic_behind_a_buffer_leave_the_pool_whole,
            }
            pool::shutdown {
                results_can_be_had_after_the_shutdown,
            }
        }
    };
}

/// For executors whose calls run in the memory of their caller.
macro_rules! shared_memory {
    ($fixture:ty) => {
        facts_of_the_system! { <$fixture>
            bytes::not_portable {
                an_open_file_is_an_argument_and_a_result,
            }
        }
        facts! { <$fixture>
            map::values {
                no_value_of_a_map_is_left_when_its_vec_is_dropped,
                no_value_of_a_map_is_left_when_into_vec_fails,
                no_value_of_a_map_is_left_when_it_is_dropped_half_way,
                no_value_of_a_map_is_left_when_nobody_looks,
            }
            pool::workers {
                closures_are_spawned,
                a_failure_of_try_spawn_counts_as_one,
            }
            pool::options {
                what_takes_an_end_of_the_worker_is_refused,
                a_refused_call_drops_its_arguments,
            }
            pool::skipped_options {
                each_kind_of_option_that_is_skipped_is_logged_once,
            }
            task::options {
                what_a_task_asks_is_refused_where_workers_cannot_be_ended,
                what_a_task_asks_is_refused_item_by_item_in_a_map,
                what_a_map_asks_for_each_call_is_refused_item_by_item,
            }
            bytes::not_portable {
                a_closure_is_an_argument,
                what_lives_for_ever_is_handed_over_as_it_is,
                what_calls_share_they_share_with_the_caller,
                a_type_that_serde_does_not_know_is_handed_over,
            }
            bytes::remote_calls {
                a_call_that_is_handed_over_is_not_written,
            }
            pool::hostile {
                an_argument_that_panics_when_its_call_ends_strands_nobody,
                a_task_that_panics_when_asked_whether_it_failed_strands_nobody,
            }
            map::timing {
                a_buffered_map_that_had_all_inputs_in_time_ends_without_error,
            }
        }
    };
}
