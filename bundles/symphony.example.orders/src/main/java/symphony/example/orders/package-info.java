/** Example to copy: a typed handler that publishes what it made. */
package symphony.example.orders;
