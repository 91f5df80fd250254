/**
 * Annotations for handler components: each writes its service property, and only if it is there, so that whatever
 * a component does not say is left to configuration.
 *
 * <p>All of them require an implementation of Symphony Events, see {@link RequireSymphony}.
 */
@Export
@Version("1.1.0")
package symphony.api.event.propertytypes;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
