package dev.rootbound.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All attacks of the catalogue, one after the other, from within one container. */
public final class Assault {
    private Assault() {}

    /**
     * Tries them.
     *
     * @param twin the agent in it
     * @param pid of a process of it, on the host
     */
    public static List<Outcome> run(Canaries canaries, Conversation twin, long pid)
            throws IOException {
        var agent = new Agent(twin);
        return canaries.withVictim(
                pid,
                victim -> {
                    var scene = new Scene(new Actor(agent), canaries.host(), canaries, victim);
                    var outcomes = new ArrayList<Outcome>();
                    for (var attack : Catalogue.ALL) {
                        outcomes.add(attack.run(scene));
                    }
                    return outcomes;
                });
    }
}
