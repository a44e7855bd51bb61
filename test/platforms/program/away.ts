/* A page that goes back to the one before. */

addEventListener('pageshow', () => setTimeout(() => history.back()));
