/** Feed of the posts that pages became which told us of a link; no feed of the configuration can be called so. */
export const trackbackFeed = 'trackbacks~';
