/** The public face of Symphony Events: publish, subscribe, schedule, for each bundle with its own permissions. */
package symphony.eventsystem;
