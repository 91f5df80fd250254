/** Weaves the checks that {@code @RequiresPermission} demands into users' methods, and answers them. */
package symphony.rbac.weaver;
