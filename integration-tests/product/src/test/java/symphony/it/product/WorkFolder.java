package symphony.it.product;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes the tests' folders below the build folder, named after the test: its name has a space in it, on purpose. */
public final class WorkFolder implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws Exception {
        String name = test.getTestClass().map(Class::getSimpleName).orElse("test") + " "
                + test.getTestMethod().map(method -> method.getName() + " ").orElse("");
        return Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("work"))), name);
    }
}
