/**
 * A copy of what an object has itself: what is missing stays missing, whatever somebody has put on
 * `Object.prototype`.
 */
export const own = <Value extends object>(value: Value): Value => ({ __proto__: null, ...value });
