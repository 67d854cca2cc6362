/** Title of the log lines in the cause of an execution and in notifications. */
export const LOG_TITLE = 'Last lines of the log:';

/** Start of the part of a cause that a notification has in separate fields. */
export const CAUSE_DETAILS = '\nCost so far: ';
