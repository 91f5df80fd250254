/** Users: a file of accounts with Argon2id hashes, and what checks passwords by it. */
package symphony.users;
