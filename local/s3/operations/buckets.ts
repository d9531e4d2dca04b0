import { integerParameter, type S3Handler, xmlResponse } from "../call";
import { malformedXml, S3Error } from "../errors";
import { receiveXml } from "../receiveBody";
import { parseXml, renderXml } from "../xml";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const listBuckets: S3Handler = ({ store, accountId }, call) => {
  const prefix = call.query.get("prefix") ?? "";
  const most = integerParameter(call, "max-buckets", 10_000, 10_000);
  const after = call.query.get("continuation-token") ?? "";
  const names = [...store.buckets.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
  const page = names.slice(0, most);
  return xmlResponse(
    renderXml("ListAllMyBucketsResult", {
      Owner: { ID: accountId },
      Buckets: {
        Bucket: page.map((name) => ({
          Name: name,
          CreationDate: new Date(store.bucket(name).createdAt).toISOString(),
          BucketRegion: store.bucket(name).region,
        })),
      },
      ContinuationToken: page.length < names.length ? page.at(-1) : undefined,
    }),
  );
};

export const createBucket: S3Handler = async (environment, call) => {
  const { store, clock } = environment;
  if (!bucketName.test(call.bucket)) {
    throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.", {
      BucketName: call.bucket,
    });
  }
  const text = await receiveXml(environment, call);
  const configuration = text.trim() === "" ? {} : parseXml(text, "CreateBucketConfiguration");
  if (configuration === undefined) {
    throw malformedXml();
  }
  const region = String(configuration.LocationConstraint ?? "us-east-1");
  if (region !== call.region) {
    throw new S3Error(
      400,
      "IllegalLocationConstraintException",
      `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (store.buckets.has(call.bucket)) {
    // Only the oldest region still answers 200 to the owner.
    if (region === "us-east-1" && store.bucket(call.bucket).region === region) {
      return new Response(null, { status: 200, headers: { location: `/${call.bucket}` } });
    }
    throw new S3Error(
      409,
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: call.bucket },
    );
  }
  store.createBucket(call.bucket, region, clock.now());
  return new Response(null, { status: 200, headers: { location: `/${call.bucket}` } });
};

export const headBucket: S3Handler = ({ store }, call) =>
  new Response(null, {
    status: 200,
    headers: { "x-amz-bucket-region": store.bucket(call.bucket).region, "content-type": "application/xml" },
  });

export const deleteBucket: S3Handler = ({ store }, call) => {
  store.deleteBucket(call.bucket);
  return new Response(null, { status: 204 });
};

export const getBucketLocation: S3Handler = ({ store }, call) => {
  const { region } = store.bucket(call.bucket);
  return xmlResponse(renderXml("LocationConstraint", region === "us-east-1" ? {} : { "#text": region }));
};

/** Buckets here are never versioned, which S3 says with an empty answer. */
export const getBucketVersioning: S3Handler = ({ store }, call) => {
  store.bucket(call.bucket);
  return xmlResponse(renderXml("VersioningConfiguration", {}));
};
