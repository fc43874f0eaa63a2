// Part of the sample system, vulnerable on purpose: scanned, never run.
const { execSync } = require("child_process");
const { S3Client, GetObjectCommand, PutObjectCommand } = require("@aws-sdk/client-s3");

const s3 = new S3Client({});

exports.render = async (event) => {
  for (const record of event.Records) {
    const key = decodeURIComponent(record.s3.object.key);
    await s3.send(new GetObjectCommand({ Bucket: process.env.DOCUMENTS, Key: key }));
    const page = execSync(`render --title "${key}" /tmp/invoice`);
    await s3.send(new PutObjectCommand({ Bucket: process.env.DOCUMENTS, Key: `rendered/${key}`, Body: page }));
  }
};
