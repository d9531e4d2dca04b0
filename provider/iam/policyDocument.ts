/** One statement of an IAM policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A whole IAM policy. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** The document of these statements; statements without a resource are left out, as IAM refuses them. */
export function policyDocument(statements: readonly PolicyStatement[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: statements.filter(({ Resource }) => Resource === undefined || Resource.length > 0),
  };
}

/** Parts of `s3://bucket[/prefix]`; the prefix has no slash at its ends. */
export function s3Location(uri: string): { bucket: string; prefix: string } {
  const [, bucket = "", prefix = ""] = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
  return { bucket, prefix: prefix.replace(/^\/+|\/+$/g, "") };
}

/** ARN of every object below `s3://bucket[/prefix]`, followed by `rest`. */
export function objectsArn(partition: string, uri: string, rest = "*"): string {
  const { bucket, prefix } = s3Location(uri);
  return `arn:${partition}:s3:::${bucket}/${prefix === "" ? "" : `${prefix}/`}${rest}`;
}

/** ARN of the bucket of `s3://bucket[/prefix]`. */
export function bucketArn(partition: string, uri: string): string {
  return `arn:${partition}:s3:::${s3Location(uri).bucket}`;
}
