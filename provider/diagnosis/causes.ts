/** One class of cause. */
export interface Cause {
  readonly kind: string;
  /** Text, in a log line or in a reason EMR gives, that shows this cause. Single lines; any case where words do. */
  readonly signs: readonly RegExp[];
  /** Text that says that something failed, not why: counts only if nothing better is found anywhere. */
  readonly weakSigns?: readonly RegExp[];
  /** What to do about it, shown to the user. */
  readonly advice: string;
}

/**
 * Causes of a step's failure, as they show in its logs; in order: of several causes shown by one error the first
 * counts (a container killed for its memory is also a lost executor and an exception in the driver).
 * https://repost.aws/knowledge-center/emr-troubleshoot-failed-spark-jobs
 */
export const stepCauses: readonly Cause[] = [
  {
    kind: "access",
    signs: [
      /\bAccess ?Denied\b/i,
      /Status Code: 403\b/,
      /\b403 Forbidden\b/,
      /is not authorized to perform/i,
      /KMS\.?(?:AccessDenied|Disabled|NotFound|InvalidState)/,
      /(?:ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient)/,
      /security token included in the request is (?:expired|invalid)/i,
      /(?:unable|failed|cannot) to assume(?: the)? role|sts:AssumeRole/i,
      /Permission denied: user=/,
      /AccessControlException/,
    ],
    advice:
      "Give the cluster's instance profile (or the step's execution role) access to the named resource: check its policy, the bucket policy and the KMS key policy.",
  },
  {
    kind: "disk",
    signs: [
      /no space left on device/i,
      /local-dirs are bad|log-dirs are bad/i,
      /used space above threshold of/i,
      /Could not find any valid local directory/i,
      /could only be (?:written|replicated) to 0 (?:of|nodes)/i,
    ],
    advice:
      "The nodes ran out of disk: ask for larger or more EBS volumes (ebsConfiguration), more core nodes, or less intermediate data.",
  },
  {
    kind: "memory",
    signs: [
      /exceeding (?:physical|virtual )?memory limits/i,
      /running beyond (?:the )?['"]?(?:physical|virtual)['"]? memory limits/i,
      /Container killed (?:by YARN|on request)\b.*(?:137|143|memory)/i,
      /OutOfMemoryError/,
      /GC overhead limit exceeded/i,
      /Cannot allocate memory|os::commit_memory|native memory allocation \(mmap\) failed/i,
      /spark\.driver\.maxResultSize/,
      /\bMemoryError\b/,
      /exit(?:ed)?\s?(?:with)?\s?(?:status|code|value)?:?\s?(?:\(?(?:137|143|-104)\b)/i,
      /exitStatus:? -104\b/,
      /: line \d+:\s+\d+ Killed\b/,
      /\bOOM ?killed?\b|Out of memory: Kill(?:ed)? process/i,
    ],
    advice:
      "A process was killed or failed for want of memory: raise executor or driver memory (spark.executor.memory, memoryOverhead, mapreduce.*.memory.mb), use more partitions, or larger instances.",
  },
  {
    kind: "s3-pressure",
    signs: [/\bSlowDown\b|503 Slow Down|Status Code: 503\b|Please reduce your request rate/i],
    advice:
      "S3 asked for fewer requests: spread the keys over more prefixes, use fewer and larger files, or raise fs.s3.maxRetries.",
  },
  {
    kind: "throttling",
    signs: [
      /ThrottlingException|Throttling: Rate exceeded|\bRate exceeded\b|RequestLimitExceeded|TooManyRequestsException/,
    ],
    advice:
      "An AWS service refused calls for their rate: make fewer at once, retry with back-off, or ask for a quota.",
  },
  {
    kind: "missing-data",
    signs: [
      /Path does not exist/i,
      /Input (?:path|Pattern).*(?:does not exist|matches 0 files)/i,
      /\bNoSuchKey\b|\bNoSuchBucket\b|specified (?:key|bucket) does not exist/i,
      /Output directory .*already exists|FileAlreadyExistsException|path .* already exists/i,
      /Table or view not found|TABLE_OR_VIEW_NOT_FOUND|Table not found/i,
      /does not exist: s3[an]?:\/\//i,
    ],
    advice:
      "Check the step's paths: the input must exist, and the output must not exist yet (write to a new path or use overwrite mode).",
  },
  {
    kind: "dependency",
    signs: [
      /unresolved dependency|UNRESOLVED DEPENDENCIES|Could not resolve (?:host|dependencies)/i,
      /No matching distribution found|Could not find a version that satisfies/i,
      /CondaHTTPError|ResolvePackageNotFound|PackagesNotFoundError/,
      /Cannot find a valid baseurl for repo|Failed to download metadata for repo|Could not retrieve mirrorlist/i,
      /Temporary failure in name resolution|NewConnectionError.*(?:pypi|conda|pip)/i,
    ],
    advice:
      "A package could not be fetched from the cluster's subnet: give it a route (NAT, endpoint, proxy) or bring the package along in S3 or a custom AMI.",
  },
  {
    kind: "jar",
    signs: [
      /Not a valid JAR|Error opening job jar|invalid (?:LOC|CEN) header|zip END header not found/i,
      /ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError|UnsupportedClassVersionError|AbstractMethodError/,
      /Could not find or load main class|No main class set|Failed to load class|Cannot load main class/i,
      /JAR does not exist or is not a normal file|Local jar .* does not exist/i,
    ],
    advice:
      "Check the artefact: the jar's path, its main class, and that it was built for this release's Java, Scala, Spark and Hadoop.",
  },
  {
    kind: "metastore",
    signs: [
      /Unable to instantiate .*(?:MetaStoreClient|HiveMetastore)/i,
      /cannot instantiate metastore client/i,
      /MetaException|(?:Hive ?Metastore|jdbc).*(?:Connection refused|timed out|Communications link failure)/i,
      /AWSGlueException|com\.amazonaws\.services\.glue/,
      /Connection refused.*(?::9083|:3306|metastore)/i,
    ],
    advice:
      "The metastore can't be reached or refuses: check its address, security groups, credentials, and the role's Glue permissions.",
  },
  {
    kind: "queue",
    signs: [
      /exceeds? (?:the )?(?:queue's )?AM resource limit|Queue's AM resource limit exceeded/i,
      /Application is added to the scheduler and is not yet activated/i,
      /Initial job has not accepted any resources/i,
      /(?:Requested|Required) .*(?:memory|vcores|resource).*(?:above|more than) .*max(?:imum)?/i,
    ],
    advice:
      "The application waited for capacity that did not come: lower pool.maxConcurrentSteps, ask for less per container, or use a larger cluster.",
  },
  {
    kind: "step-limits",
    signs: [
      /Argument list too long/i,
      /action ?on ?failure.*(?:not valid|invalid|not supported)/i,
      /Maximum number of active steps/i,
    ],
    advice: "Change the step: fewer or shorter arguments (a file instead), or an action its cluster allows.",
  },
  {
    kind: "lost-executors",
    signs: [
      /ExecutorLostFailure|Lost executor|FetchFailed(?:Exception)?|Slave lost|Worker lost/i,
      /Container (?:released|marked as failed).*(?:lost|decommission|preempted)/i,
      /decommission(?:ed|ing) node|node was lost|\bNODE_LOST\b|exitStatus:? -100\b/i,
    ],
    advice:
      "Nodes or containers went away under the job: use on-demand instances for CORE, fewer spot nodes, or slower scale-in; then run it again.",
  },
  {
    kind: "user-code",
    signs: [
      /^Traceback \(most recent call last\):/,
      /^Exception in thread "main"/,
      /^Caused by: (?:[\w$]+\.)*[\w$]*(?:Exception|Error)\b/,
      /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b/,
      /^\s*(?:SyntaxError|IndentationError|NameError|ImportError|ModuleNotFoundError|KeyError|ValueError|TypeError)\b/,
      /Cannot run program "/,
      /: (?:command not found|No such file or directory)$/,
      /AnalysisException|ParseException|FAILED: (?:Semantic|Parse|Execution)/,
    ],
    weakSigns: [
      /user application exited with (?:status|exitcode)/i,
      /subprocess failed with code [1-9]/i,
      /Job aborted due to stage failure/i,
      /finished with failed status|Job not successful|Streaming (?:Command|Job) Failed/i,
      /exit(?:ed)?\s?(?:with)?\s?(?:status|code|value):?\s?\(?(?!0\b|137\b|143\b)\d+/i,
      /returned? (?:a )?non-?zero|Command exiting with ret '[1-9]/i,
    ],
    advice: "The job's own code failed: see the excerpt, correct the code and deploy again.",
  },
];

/**
 * Causes outside the steps, as `ErrorDetails[].ErrorCode`, `StateChangeReason.Code` and their texts show them.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-troubleshoot-error-errordetail.html
 */
export const clusterCauses: readonly Cause[] = [
  {
    kind: "bootstrap",
    signs: [
      /^BOOTSTRAP_FAILURE/,
      /BA_DOWNLOAD_FAILED/,
      /_FILE_NOT_FOUND_/,
      /_INSUFFICIENT_DISK_SPACE_/,
      /_HIVE_METASTORE_CONNECTION_ERROR_/,
      /bootstrap action \d+ (?:returned|failed|timed)/i,
      /application provisioning failed/i,
    ],
    advice:
      "Correct the bootstrap action (its stderr is in the excerpt when it could be read). If it only failed to download, deploy again once.",
  },
  {
    kind: "capacity",
    signs: [
      /INSUFFICIENT_CAPACITY|InsufficientInstanceCapacity/,
      /SPOT_NO_CAPACITY|SPOT_PRICE_INCREASE/,
      /INSTANCE_FLEET_TIMEOUT/,
      /insufficient (?:ec2 )?capacity|bid price .* (?:low|exceeded)/i,
    ],
    advice:
      "EC2 had no such instances: allow more instance types and subnets (an instance fleet), or switch from spot to on-demand.",
  },
  {
    kind: "validation",
    signs: [
      /^VALIDATION_ERROR/,
      /InvalidInstanceProfile|default (?:role|instance profile)s?.*(?:not exist|missing|invalid)/i,
      /quota|limit exceeded|VcpuLimitExceeded/i,
      /(?:subnet|security group).*(?:not exist|not found|invalid|not valid)/i,
    ],
    advice:
      "The launch request can't work as it is: correct what the message names (roles, quotas, subnet, security groups). Trying again does not help.",
  },
  {
    kind: "node-loss",
    signs: [
      /^INSTANCE_FAILURE/,
      /NO_SLAVE_LEFT|NO_CORE_LEFT|FAILED_BY_MASTER/,
      /master (?:instance|node).*(?:terminated|failed|lost)/i,
      /all slaves.*terminated|primary node.*(?:terminated|failed)/i,
    ],
    advice:
      "The cluster lost its nodes. A job none of whose steps had started is placed anew by the next `pulumi up`; use on-demand instances for MASTER and CORE.",
  },
];

/** Causes that no log text shows; {@link stepCauses} and {@link clusterCauses} hold the others. */
export const otherAdvice = {
  "never-ran":
    "The step never started: look at what ended the cluster or at the step that failed before it, not at this one.",
  "cluster-ended":
    "The cluster was shut down while the job was on it (by a user, another tool or its idle limit); the next `pulumi up` acts by `resubmit`.",
  cancelled: "The step was cancelled; the next `pulumi up` acts by `resubmit`.",
  unknown:
    "Look into the step's logs and the EMR console; `emrpool diagnose --store …` reads the logs again.",
  pending:
    "EMR uploads logs about every 5 minutes: run `pulumi refresh` later, or `emrpool diagnose --store …`.",
} as const;
