/** On the real engine and on the embedded host. */
import "./pooledEmrJob.test";
