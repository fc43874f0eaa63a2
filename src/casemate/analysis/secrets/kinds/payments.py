"""Payments, commerce, banking and crypto-currency.

Source: Stripe "API keys", Square "Access tokens", PayPal Braintree, Adyen, Shopify "Access tokens", Plaid, Razorpay,
Flutterwave, Paystack documentation.
"""

from __future__ import annotations

from casemate.analysis.secrets.kinds.kind import service, token

KINDS = (
    token("stripe-key", "Stripe secret key", "{sk|rk}_{live|test|prod}_{base62:14-247}"),
    token("stripe-webhook-secret", "Stripe webhook secret", "whsec_{b64:32-64}"),
    token("stripe-publishable-key", "Stripe publishable key", "pk_{live|test}_{base62:16-247}", public=True),
    token("square-token", "Square access token", "EAAA{word:58-64}", "sq0atp-{word:22}"),
    token("square-secret", "Square application secret", "sq0csp-{word:43}"),
    token("square-id", "Square application id", "sq0idp-{word:22}", public=True),
    token("braintree-token", "Braintree access token", "access_token${production|sandbox}${lower:16}${lower:32}"),
    token("adyen-key", "Adyen API key", "AQE{b64:40-80}-{b64:40-60}-{text:12-24}", edge="open"),
    token("shopify-token", "Shopify token", "shp{at|ca|pa|ss|ua|at}_{hex:32}", "shppa_{hex:32}", "shptka_{hex:32}"),
    token("plaid-token", "Plaid access token", "access-{sandbox|development|production}-{uuid}"),
    token("razorpay-key", "Razorpay key id", "rzp_{live|test}_{base62:14}"),
    token(
        "flutterwave-key",
        "Flutterwave secret key",
        "FLWSECK_TEST-{lower:12-40}",
        "FLWSECK-{lower:12-40}-X",
        "FLWSECK_TEST{lower:12}",
    ),
    token(
        "flutterwave-public-key",
        "Flutterwave public key",
        "FLWPUBK_TEST-{lower:32}-X",
        "FLWPUBK-{lower:32}-X",
        public=True,
    ),
    token("gocardless-token", "GoCardless token", "{live|sandbox}_{word:40}", bits=4.8),
    token("pagarme-key", "Pagar.me key", "ak_{live|test}_{base62:24-40}"),
    token("easypost-key", "EasyPost key", "EZ{AK|TK}{base62:54}"),
    token("shippo-token", "Shippo token", "shippo_{live|test}_{hex:40}"),
    token("duffel-token", "Duffel token", "duffel_{live|test}_{word:43}"),
    token("coinbase-key", "Coinbase key name", "organizations/{uuid}/apiKeys/{uuid}"),
    token("column-key", "Column key", "{test|live}_{base62:27}", bits=5.0),
    token(
        "paddle-key",
        "Paddle key",
        "pdl_{live|sdbx}_apikey_{lower:26}_{base62:22}_{base62:3}",
        "apikey_{lower:26}_{base62:22}_{base62:3}",
    ),
    token("polar-token", "Polar token", "polar_{oat|pat}_{word:40-60}"),
    token("checkout-key", "Checkout.com key", "sk_{uuid}", "sk_test_{uuid}", "sk_{sbox|live}_{lower:28}"),
    token("mercadopago-token", "Mercado Pago token", "APP_USR-{digit:14-18}-{digit:6}-{hex:32}-{digit:6-12}"),
    token("stytch-secret", "Stytch secret", "secret-{test|live}-{word:36}="),
    token("asaas-key", "Asaas key", "$aact_{b64:60-200}", "$aact_{prod|hmlg}_{word:60-200}", edge="open"),
    token("midtrans-key", "Midtrans server key", "Mid-server-{word:20-28}", bits=4.6),
    token("mercury-token", "Mercury token", "secret-token:mercury_{production|sandbox}_{word:30-60}", edge="open"),
    token("brex-token", "Brex token", "bxt_{base62:36}"),
    token("ramp-secret", "Ramp secret", "ramp_sec_{base62:48}"),
    token("increase-key", "Increase key", "{sandbox|production}_key_{base62:20-60}"),
    token("mollie-key", "Mollie key", "{live|test}_{base62:30}", "access_{base62:30}", bits=5.2),
    token("rainforestpay-key", "Rainforest key", "{apikey|sbx_apikey}_{hex:64}"),
    token("persona-key", "Persona key", "persona_{production|sandbox}_{uuid}"),
    token("close-key", "Close key", "api_{base62:22}.{base62:22}"),
    token("samsara-token", "Samsara token", "samsara_api_{base62:30}"),
    token("aftership-key", "AfterShip key", "asat_{hex:32}"),
    token("ionic-token", "Ionic token", "ion_{base62:42}"),
    token("databento-key", "Databento key", "db-{base62:29}", bits=5.0),
    service(
        "paypal-key",
        "payment service key",
        "paypal braintree adyen paystack paymongo mollie worldpay klarna recurly "
        "chargebee checkio checkout razorpay paydirt gocardless lemonsqueezy "
        "paddle fastspring",
        "{word:80}",
        "sk_{live|test}_{base62:40}",
        "{live|test}_{base62:30}",
        "{live|test}_{base62:35}",
        "{hex:32}",
        "{word:32}",
        "pk_{base62:46}",
    ),
    service("plaid-secret", "Plaid secret", "plaid", "{hex:30}", "{lower:24}", "{lower:30}"),
    service("finicity-key", "Finicity key", "finicity", "{hex:32}", "{lower:20}"),
    service("coinbase-secret", "Coinbase key", "coinbase", "{word:64}", "{base62:16}", "{base62:32}", "{b64:86}"),
    service(
        "exchange-key",
        "exchange key",
        "binance kraken kucoin bittrex bitfinex bitmex bitstamp poloniex okx "
        "bybit huobi gemini ftx bitmart nicehash bitcoinaverage coinapi coinmarketcap "
        "coingecko cryptocompare coinlayer blockchain blockcypher etherscan infura "
        "alchemy moralis quicknode tatum nownodes covalent ankr",
        "{base62:64}",
        "{b64:80-90}",
        "{hex:24}",
        "{uuid}",
        "{lower:32}",
        "{hex:64}",
        "{hex:32}",
        "{word:32}",
        "{base62:43}",
        "{upper:34}",
        "{base62:64}",
    ),
    service(
        "commerce-key",
        "commerce key",
        "shopify squarespace bigcommerce woocommerce etsy ebay amazonmws magento "
        "commercejs snipcart ecwid taxjar avalara printful shipstation shipday "
        "shippo easyship aftership route4me shipengine storecove vtex swell saleor "
        "gumroad lob paddle",
        "{hex:32}",
        "{uuid}",
        "{lower:24}",
        "{hex:48}",
        "{base62:76}",
        "{base62:32}",
        "{lower:40}",
        "{lower:42}",
        "{word:50}",
    ),
    service(
        "finance-data-key",
        "market data key",
        "finnhub polygon iexcloud alphavantage quandl fixer currencylayer currencyfreaks "
        "currencyscoop currencycloud openexchangerates exchangerate exchangeratesapi "
        "tiingo twelvedata marketstack intrinio stockdata fmp financialmodelingprep "
        "tradier alpaca unplu freshbooks quickbooks xero invoiced wave billomat "
        "flatio bankin yapily truelayer tink nordigen saltedge moneylion transferwise "
        "wise ynab youneedabudget freeagent requestfinance",
        "{lower:32}",
        "{base62:20}",
        "{upper:16}",
        "{hex:40}",
        "{lower:40}",
        "{base62:28}",
        "{hex:64}",
        "{uuid}",
        "{word:43}",
        "{pk|sk}_{hex:32}",
    ),
)
