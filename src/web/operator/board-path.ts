/** Where the board stands. Apart from the board, which is loaded only where there is something to show. */
export const boardPath = '/queues';
