/** Stands before the last lines of a log, in the cause of an execution and in the message about it. */
export const LOG_TITLE = 'Last lines of the log:';

/** Where the cause of an execution goes on with what a message about the execution says by itself. */
export const CAUSE_DETAILS = '\nCost so far: ';
