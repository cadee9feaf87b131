package dev.rootbound.engine;

import java.util.List;

/** What the administrator's policy says to who asks. */
public interface Permits {
    /**
     * What somebody may have of one setting.
     *
     * @param setting the policy file's key
     * @param value as the file has it
     * @param rule that says so: a line of the file, or a profile
     */
    record Permit(String setting, String value, String rule) {}

    /** Of all settings. */
    record Shown(String user, long uid, String file, List<Permit> permits) {}

    /**
     * What would become of a request.
     *
     * @param refusal as the caller would be told; empty: it is allowed
     * @param decisions of what is asked for, in order
     */
    record Verdict(String refusal, List<Decision> decisions) {
        public boolean allowed() {
            return refusal.isEmpty();
        }
    }

    /**
     * On something that is asked for.
     *
     * @param rule setting, value and place
     */
    record Decision(String what, boolean allowed, String rule) {}

    /**
     * What the caller may have.
     *
     * @param user another by name or uid, whom host root asks for; empty: the caller
     * @throws EngineException.Denied for another, if it is not host root
     */
    Shown show(Caller caller, String user);

    /**
     * Judges a container as its creation would, and makes nothing. An image that is not there is
     * judged by its name.
     *
     * @param user as of {@link #show}
     */
    Verdict test(Caller caller, String user, ContainerSpec asked);
}
