/** Title of the last lines of a log, in the cause of an execution and in the message about it. */
export const LOG_TITLE = 'Last lines of the log:';

/** Begins the part of a cause that the message about the execution states by itself. */
export const CAUSE_DETAILS = '\nCost so far: ';
