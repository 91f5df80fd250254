/** Timer and event scheduler: deadlines for the engine, delayed events for applications. */
package symphony.scheduler;
