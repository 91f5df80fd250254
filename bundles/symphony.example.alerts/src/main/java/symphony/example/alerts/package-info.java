/** Example to copy: a handler with a filter, and one whose most urgent event comes first. */
package symphony.example.alerts;
