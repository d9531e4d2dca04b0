/** Where the local EMR differs from moto on purpose, by path, and why. One that is no longer needed fails the test. */
export const motoExceptions: Readonly<Record<string, string>> = {
  "DescribeCluster.Cluster.Status.StateChangeReason.Message":
    "EMR says why a cluster is in its state; moto never does",
  "DescribeCluster.Cluster.Status.ErrorDetails[]":
    "EMR answers with an empty list; moto leaves the field out",
  "DescribeCluster.Cluster.Applications[].Args[]": "moto adds an empty list that the request does not have",
  "DescribeCluster.Cluster.Ec2InstanceAttributes.Ec2SubnetId":
    "EMR fills in what the request leaves to it (decision 26); moto does not",
  "DescribeCluster.Cluster.Ec2InstanceAttributes.RequestedEc2SubnetIds[]":
    "EMR answers with an empty list; moto leaves the field out",
  "DescribeCluster.Cluster.Ec2InstanceAttributes.RequestedEc2AvailabilityZones[]":
    "EMR answers with an empty list; moto leaves the field out",
  "DescribeCluster.Cluster.Ec2InstanceAttributes.EmrManagedMasterSecurityGroup":
    "EMR fills in what the request leaves to it (decision 26); moto does not",
  "DescribeCluster.Cluster.Ec2InstanceAttributes.EmrManagedSlaveSecurityGroup":
    "EMR fills in what the request leaves to it (decision 26); moto does not",
  "DescribeCluster.Cluster.InstanceCollectionType":
    "moto drops instance fleets and does not tell the two kinds apart",
  "DescribeCluster.Cluster.LogUri": "EMR gives the log URI back with Hadoop's old scheme s3n",
  "DescribeCluster.Cluster.UnhealthyNodeReplacement": "a field that EMR got after moto was written",
  "DescribeCluster.Cluster.NormalizedInstanceHours": "moto never counts use",
  "DescribeCluster.Cluster.MasterPublicDnsName": "moto adds the Region in us-east-1, whose names have none",
  "DescribeCluster.Cluster.ScaleDownBehavior":
    "EMR fills in what the request leaves to it (decision 26); moto does not",
  "DescribeCluster.Cluster.OSReleaseLabel": "a field that EMR got after moto was written",
  "ListClusters.Clusters[].Status.StateChangeReason.Message":
    "EMR says why a cluster is in its state; moto never does",
  "ListClusters.Clusters[].Status.ErrorDetails[]":
    "EMR answers with an empty list; moto leaves the field out",
  "ListClusters.Clusters[].NormalizedInstanceHours": "moto never counts use",
  "ListInstanceGroups.InstanceGroups[].Id":
    "EMR's instance groups are ig-…; moto gives them ids of EC2 instances",
  "ListInstanceGroups.InstanceGroups[].Configurations[]":
    "EMR answers with an empty list; moto leaves the field out",
  "ListInstanceGroups.InstanceGroups[].ConfigurationsVersion": "a field that EMR got after moto was written",
  "ListInstanceGroups.InstanceGroups[].LastSuccessfullyAppliedConfigurations[]":
    "EMR answers with an empty list; moto leaves the field out",
  "ListInstanceGroups.InstanceGroups[].LastSuccessfullyAppliedConfigurationsVersion":
    "a field that EMR got after moto was written",
  "ListInstanceGroups.InstanceGroups[].EbsOptimized": "moto drops EbsOptimized",
  "ListInstanceGroups.InstanceGroups[].EbsBlockDevices[].Device":
    "devices are named by letters (/dev/sdb), moto counts from 0",
  "ListInstanceGroups.InstanceGroups[].Status.StateChangeReason.Code":
    "moto gives the reason USER_REQUEST to groups that only run",
  "ListInstances.Instances[].Id":
    "EMR's instances are ci-… besides their EC2 id; moto gives the EC2 id for both",
  "ListInstances.Instances[].InstanceGroupId":
    "EMR's instance groups are ig-…; moto gives them ids of EC2 instances",
  "ListInstances.Instances[].InstanceFleetId": "moto gives an empty InstanceFleetId to instances of groups",
  "ListInstances.Instances[].EbsVolumes[].Device":
    "moto shows the root volume in place of the volumes that were asked for",
  "ListInstances.Instances[].EbsVolumes[].VolumeId":
    "moto shows the root volume in place of the volumes that were asked for",
  "ListSteps.Steps[].Status.State": "moto runs one step whatever the StepConcurrencyLevel",
  "ListSteps.Steps[].Status.Timeline.StartDateTime": "moto gives a running step no start time",
  "DescribeStep.Step.Status.Timeline.StartDateTime": "moto gives a running step no start time",
  "Status after.StateChangeReason.Code": "EMR says why a cluster is in its state; moto never does",
  "Status after.StateChangeReason.Message": "EMR says why a cluster is in its state; moto never does",
  "Status after.ErrorDetails[]": "EMR answers with an empty list; moto leaves the field out",
  "ListReleaseLabels.ReleaseLabels[]":
    "EMR pages; moto gives all labels of the Region in one answer, of which a few old ones are missing",
  "ListReleaseLabels.NextToken":
    "EMR pages; moto gives all labels of the Region in one answer, of which a few old ones are missing",
};
