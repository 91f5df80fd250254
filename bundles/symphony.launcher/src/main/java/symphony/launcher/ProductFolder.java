package symphony.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder the product was unpacked to: {@code bin/}, {@code conf/}, {@code bundle/<start level>/}, {@code load/}. Only read. */
record ProductFolder(Path base) {

    /** The folder that property {@code symphony.base} names; {@code null} if it is not set. */
    static ProductFolder of(String name) throws LaunchException {
        if (name == null || name.isBlank()) {
            throw LaunchException.usage("symphony.base is not set; start the product with its bin/symphony");
        }
        Path base = FolderNames.parse("symphony.base", name);
        if (!Files.isDirectory(base)) {
            throw LaunchException.usage("symphony.base is " + base + ", which is not a folder");
        }
        var product = new ProductFolder(base);
        if (!Files.isDirectory(product.bundles())) {
            throw LaunchException.usage("symphony.base is " + base + ", which is not the product's folder: there is no "
                    + product.bundles() + "; unpack the archive again or start its own bin/symphony");
        }
        return product;
    }

    Path config() {
        return base.resolve("conf").resolve("config.properties");
    }

    Path bundles() {
        return base.resolve("bundle");
    }
}
