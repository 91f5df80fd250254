package symphony.api.nlp;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Keeps models, encrypted, in versions, of which one is active or none. A service with bundle scope: it knows its caller.
 * Each change is audited before it is done. Thread-safe.
 *
 * <p>All methods throw {@link symphony.api.rbac.AccessDeniedException} where a permission is missing,
 * {@link symphony.api.audit.AuditUnavailableException} where an entry could not be written, and {@link ModelException} where a
 * model is not there or cannot be read.
 */
@ProviderType
public interface ModelStore {
    /**
     * All models. Needs the permission {@code nlp:list:models}.
     *
     * @return by name, then oldest first; unmodifiable
     */
    List<ModelVersion> models();

    /**
     * Lets recognisers use a version from now on. It is read and checked first, so that what was active goes on if that fails;
     * no request is missed. Needs the permission {@code nlp:activate:<model>}.
     *
     * @param model name of the model
     * @param version which one
     * @return the version, which is active now
     */
    ModelVersion activate(String model, int version);

    /**
     * Goes back to what was active before. A second time it goes back further. Needs the permission
     * {@code nlp:rollback:<model>}.
     *
     * @param model name of the model
     * @return the version, which is active now
     */
    ModelVersion rollback(String model);

    /**
     * Removes a version that is not active. Needs the permission {@code nlp:delete:<model>}.
     *
     * @param model name of the model
     * @param version which one
     */
    void delete(String model, int version);

    /**
     * Writes a model, not encrypted. Needs the permission {@code nlp:export:<model>}.
     *
     * @param model name of the model
     * @param version which one
     * @param to gets its bytes; not closed
     * @throws IOException if the stream fails
     */
    void export(String model, int version, OutputStream to) throws IOException;
}
