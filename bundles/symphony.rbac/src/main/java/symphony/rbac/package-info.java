/** Access control by a policy file. {@link symphony.rbac.RbacEngine} is where to begin reading. */
package symphony.rbac;
