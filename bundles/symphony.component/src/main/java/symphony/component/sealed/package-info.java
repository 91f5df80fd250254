/** Stores of what was sealed, as others see them; copied privately into each bundle that uses it. */
package symphony.component.sealed;
