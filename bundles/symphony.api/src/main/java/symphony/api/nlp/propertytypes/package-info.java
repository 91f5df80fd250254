/** Annotations for recogniser components: each writes its service property. */
@Export
@Version("1.0.0")
package symphony.api.nlp.propertytypes;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
