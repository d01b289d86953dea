DROP INDEX `call_problems_by_code`;--> statement-breakpoint
DROP INDEX `calls_by_start`;--> statement-breakpoint
ALTER TABLE `calls` ADD `leg_ended_at` integer;--> statement-breakpoint
ALTER TABLE `calls` ADD `is_leg_open` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `calls` ADD `problem_codes` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `words_id` integer;--> statement-breakpoint
CREATE INDEX `calls_filtered` ON `calls` (`started_at`,`id`,`disposition`,`direction`,`instance`,`is_test`,`settings_version`,`tuning_profile`,`first_words_ms`,`problem_codes`,`caller`,`dialled`,`words_id`);--> statement-breakpoint
ALTER TABLE `turns` ADD `started_ms` integer;--> statement-breakpoint
-- The words of each call, one row for a call, without the text itself. A call is indexed by setting its words_id.
CREATE VIRTUAL TABLE call_words USING fts5(text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');--> statement-breakpoint
CREATE TRIGGER calls_words_set AFTER UPDATE OF words_id ON calls WHEN NEW.words_id IS NOT NULL BEGIN
	DELETE FROM call_words WHERE rowid IN (OLD.words_id, NEW.words_id);
	INSERT INTO call_words (rowid, text) SELECT NEW.words_id, group_concat(text, ' ') FROM turns WHERE call_id = NEW.id HAVING count(*) > 0;
END;--> statement-breakpoint
-- What is deleted or changed is found no more, whoever deletes it.
CREATE TRIGGER turns_words_gone AFTER DELETE ON turns BEGIN
	DELETE FROM call_words WHERE rowid = (SELECT words_id FROM calls WHERE id = OLD.call_id);
END;--> statement-breakpoint
CREATE TRIGGER turns_words_changed AFTER UPDATE OF text ON turns BEGIN
	DELETE FROM call_words WHERE rowid = (SELECT words_id FROM calls WHERE id = OLD.call_id);
END;--> statement-breakpoint
CREATE TRIGGER calls_words_gone BEFORE DELETE ON calls BEGIN
	DELETE FROM call_words WHERE rowid = OLD.words_id;
END;--> statement-breakpoint
UPDATE calls SET instance = mode WHERE instance IS NULL;--> statement-breakpoint
UPDATE calls SET first_words_ms = (SELECT ms FROM latency_marks WHERE call_id = calls.id AND measure IN ('media_to_greeting_frame', 'speech_end_to_frame') ORDER BY measure, position LIMIT 1);--> statement-breakpoint
UPDATE calls SET words_id = started_at * 1048576 + abs(random() % 1048576) WHERE ended_at IS NOT NULL;
