/** In CI every property tries the same cases each time; on a machine of one's own, new ones. */
import fc from "fast-check";

if (process.env.CI) fc.configureGlobal({ seed: 1 });
