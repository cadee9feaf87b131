package dev.rootbound.idmap;

import java.io.IOException;

/**
 * Who on this host holds which block of ids: other engines lease from the same lines of
 * /etc/subuid. A claim outlives the engine that made it, as the containers do that run under its
 * ids.
 */
public interface Claims {
    /** Nobody else leases: a pool that is alone. */
    Claims ALONE =
            new Claims() {
                @Override
                public boolean take(IdRange block, String holder) {
                    return true;
                }

                @Override
                public boolean adopt(IdRange block, String holder) {
                    return true;
                }

                @Override
                public void share(IdRange block, String holder) {}

                @Override
                public boolean release(IdRange block, String holder) {
                    return true;
                }

                @Override
                public void releaseVoid() {}
            };

    /**
     * Claims a block.
     *
     * @param holder the directory of the container that will run under it; the claim holds as long
     *     as that is there
     * @return false if another container holds it
     */
    boolean take(IdRange block, String holder) throws IOException;

    /**
     * Takes over a block for a container that runs under it already, alone or with others.
     *
     * @return false if the block is claimed, and not by that container
     */
    boolean adopt(IdRange block, String holder) throws IOException;

    /**
     * Another container holds a claimed block too: the claim holds as long as one of them is there.
     */
    void share(IdRange block, String holder) throws IOException;

    /**
     * A container holds it no more.
     *
     * @return whether nobody does now
     */
    boolean release(IdRange block, String holder) throws IOException;

    /** Gives back those that no longer hold, because an engine died. */
    void releaseVoid() throws IOException;
}
