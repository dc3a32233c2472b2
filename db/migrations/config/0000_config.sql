CREATE TABLE `linked_streams` (
	`name` text PRIMARY KEY NOT NULL,
	`stream_id` text NOT NULL,
	`sources` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`ref` text PRIMARY KEY NOT NULL,
	`sealed` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `server_properties` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`stream_id` text NOT NULL,
	`version` integer NOT NULL,
	`type` text NOT NULL,
	`schema_version` integer NOT NULL,
	`data` text NOT NULL,
	`actor` text NOT NULL,
	`correlation_id` text NOT NULL,
	`causation_id` text,
	`node_id` text NOT NULL,
	`at` integer NOT NULL,
	CONSTRAINT "events_version_positive" CHECK("events"."version" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_stream_version` ON `events` (`stream_id`,`version`);--> statement-breakpoint
CREATE INDEX `events_correlation` ON `events` (`correlation_id`);--> statement-breakpoint
CREATE TABLE `projections` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `stream_list` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`sources` text NOT NULL,
	`position` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `stream_list_name_unique` ON `stream_list` (`name`);