import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { CampaignResult, ReportLine } from '../../lib/contract/campaign';

/** Reads the per-user report of a campaign: every line of every object under its prefix, in the order of the keys. */
export async function readCampaignReport(s3: S3Client, { report }: CampaignResult): Promise<ReportLine[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: report.bucket, Prefix: report.prefix }));
  const parts = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: report.bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
  return parts.flatMap((part) =>
    part
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
}
