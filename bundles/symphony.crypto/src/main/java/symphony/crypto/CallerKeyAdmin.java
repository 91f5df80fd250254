package symphony.crypto;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.KeyAdmin;

/** The keys as one caller changes them: with that caller's permissions. Thread-safe. */
final class CallerKeyAdmin implements KeyAdmin {
    private final KeyOperations operations;
    private final String caller;

    CallerKeyAdmin(KeyOperations operations, String caller) {
        this.operations = operations;
        this.caller = caller;
    }

    @Override
    public Key rotate(CryptoContext context) {
        return operations.rotate(caller, Objects.requireNonNull(context, "context"));
    }

    @Override
    public Key disable(CryptoContext context, int id) {
        return operations.disable(caller, Objects.requireNonNull(context, "context"), id);
    }

    @Override
    public Key enable(CryptoContext context, int id) {
        return operations.enable(caller, Objects.requireNonNull(context, "context"), id);
    }

    @Override
    public List<Use> destroy(CryptoContext context, int id, boolean force) {
        return operations.destroy(caller, Objects.requireNonNull(context, "context"), id, force);
    }

    @Override
    public List<Use> uses(CryptoContext context, int id) {
        return operations.uses(caller, Objects.requireNonNull(context, "context"), id);
    }

    @Override
    public void changePassphrase() {
        operations.changePassphrase(caller, Optional.empty());
    }

    @Override
    public Optional<String> changePassphrase(Path file) {
        return operations.changePassphrase(caller, Optional.of(file));
    }
}
