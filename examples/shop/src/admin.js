// Part of the sample system, vulnerable on purpose: scanned, never run.
exports.handler = async (event) => {
  const { filter } = event.queryStringParameters;
  const orders = [{ id: 1, total: 20 }];
  return { statusCode: 200, body: JSON.stringify(orders.filter((order) => eval(filter))) };
};
