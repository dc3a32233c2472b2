ALTER TABLE `linked_streams` ADD `preload` text;--> statement-breakpoint
ALTER TABLE `stream_list` ADD `preload` text;