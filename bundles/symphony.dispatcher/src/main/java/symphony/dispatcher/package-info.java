/**
 * The engine between queues and handlers. {@code DispatcherEngine} is the whole of it without OSGi; {@code
 * DispatcherComponent}, {@code Whiteboard} and {@code DispatcherService} wire it in a framework.
 */
@Capability(
        namespace = "osgi.implementation",
        name = HandlerConstants.IMPLEMENTATION,
        version = HandlerConstants.IMPLEMENTATION_VERSION)
package symphony.dispatcher;

import org.osgi.annotation.bundle.Capability;
import symphony.api.event.HandlerConstants;
