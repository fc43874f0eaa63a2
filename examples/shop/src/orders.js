// Part of the sample system, vulnerable on purpose: scanned, never run.
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, PutCommand, ScanCommand } = require("@aws-sdk/lib-dynamodb");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

exports.create = async (event) => {
  if (event.httpMethod === "GET") {
    const { Items } = await table.send(new ScanCommand({ TableName: process.env.ORDERS }));
    return { statusCode: 200, body: JSON.stringify(Items) };
  }
  const order = JSON.parse(event.body);
  await table.send(new PutCommand({ TableName: process.env.ORDERS, Item: { id: order.id, text: order.text } }));
  return {
    statusCode: 201,
    headers: { "Content-Type": "text/html" },
    body: "<p>Thank you for " + order.text + "</p>",
  };
};
