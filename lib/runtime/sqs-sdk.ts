/** What we use of AWS's SDK, so that a bundle holds no more of it. */
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
