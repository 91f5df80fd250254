package symphony.api.crypto;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Changes keys. The service knows its caller: where permissions are decided its bundle needs {@code crypto:rotate:<context>},
 * {@code crypto:disable:<context>}, {@code crypto:enable:<context>}, {@code crypto:destroy:<context>} or, to know what needs
 * one, {@code crypto:list:<context>}, the context in lower case; for the passphrase {@code crypto:change:passphrase}. Each change
 * leaves an audit entry.
 *
 * <p>A change is in the key store, forced to disk, before it takes effect. So at each moment, also after a crash in the middle,
 * exactly one key of each context is primary. Thread-safe; each change reads and writes files, and takes up to a second.
 *
 * <p>All of it throws {@link symphony.api.rbac.AccessDeniedException} without the permission,
 * {@link IllegalArgumentException} for a key that there is not, and {@link IllegalStateException} where the key is in no
 * state for it or the key store cannot be written; the message says what to do. Then nothing has changed, unless the disk failed
 * at the very end: {@link CryptoService#keys()} shows what is in force.
 */
@ProviderType
public interface KeyAdmin {
    /**
     * Makes a new key of a context, which seals from now on. The one before still opens.
     *
     * @param context never null
     * @return the new key
     */
    CryptoService.Key rotate(CryptoContext context);

    /**
     * Lets a key open nothing any more, until it is enabled again. What was sealed with it cannot be read meanwhile, and an
     * event that comes to its handler, or a schedule whose time comes, is given up then.
     *
     * @param context never null
     * @param id an enabled key of it, not the primary one
     * @return the key as it is now; a disabled one stays as it is
     */
    CryptoService.Key disable(CryptoContext context, int id);

    /**
     * Lets a disabled key open again.
     *
     * @param context never null
     * @param id a disabled key of it
     * @return the key as it is now; one that opens stays as it is
     */
    CryptoService.Key enable(CryptoContext context, int id);

    /**
     * Destroys a key for good: nothing that was sealed with it can ever be opened again. Its bytes are overwritten in memory,
     * and are in the key store no more (in copies of it they are).
     *
     * @param context never null
     * @param id a key of it, not the primary one
     * @param force also if something still names it: events that wait become dead letters
     *     ({@link symphony.api.queue.DeadReason#KEY_DESTROYED}), what is scheduled is given up
     * @return what was given up for it, by store; empty if nothing was
     * @throws KeyInUseException if something names it, and not forced; says where
     * @throws IllegalStateException if not forced, and no store is there that can tell whether something does
     */
    List<Use> destroy(CryptoContext context, int id, boolean force);

    /**
     * Where there are things that were sealed with a key.
     *
     * @param context never null
     * @param id a key of it
     * @return of the stores that are there now, those that have some
     * @throws IllegalStateException if no store is there that answers for the context, or one cannot be asked now
     */
    List<Use> uses(CryptoContext context, int id);

    /**
     * Locks the key store with a new random passphrase, which lies beside it. All keys stay. A copy of the key store from before
     * opens with the passphrase from before.
     *
     * @throws IllegalStateException also where the passphrase comes from elsewhere
     */
    void changePassphrase();

    /**
     * Locks the key store with another passphrase. All keys stay. A copy of the key store from before opens with the passphrase from
     * before.
     *
     * @param file has the new one on its first line, UTF-8, at most 1024 bytes in all, and is readable for its owner only; it
     *     is read now and not needed afterwards
     * @return where the new passphrase must be put before the bundle is started again, since it comes from there; empty if
     *     nothing is left to do
     */
    Optional<String> changePassphrase(Path file);

    /**
     * Things in one store that were sealed with a key.
     *
     * @param store see {@link SealedStore#name()}
     * @param items how many
     */
    record Use(String store, long items) {}
}
