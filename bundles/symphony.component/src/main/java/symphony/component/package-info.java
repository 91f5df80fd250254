/** What the components of all our bundles share; copied privately into each bundle that uses it. */
package symphony.component;
