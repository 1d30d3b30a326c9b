CREATE TABLE about (
	schema_version INTEGER NOT NULL, 
	PRIMARY KEY (schema_version)
);
INSERT INTO "about" VALUES(13);
CREATE TABLE achievement (
	submission_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	priority TEXT NOT NULL, 
	text TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	cell VARCHAR(12) NOT NULL, 
	PRIMARY KEY (submission_id, position), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0013');
CREATE TABLE answered (
	id INTEGER NOT NULL, 
	last_submission INTEGER NOT NULL, 
	answered_at DATETIME NOT NULL, last_issue INTEGER REFERENCES issue (id), last_entered INTEGER, 
	PRIMARY KEY (id)
);
CREATE TABLE approval (
	id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	code VARCHAR(8) NOT NULL, 
	sheet TEXT NOT NULL, 
	cell VARCHAR(12) NOT NULL, 
	"by" TEXT NOT NULL, 
	approved_at DATETIME NOT NULL, 
	because TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	message_id INTEGER, 
	tried_at DATETIME NOT NULL, 
	outcome VARCHAR(12) NOT NULL, 
	code INTEGER, 
	answer TEXT NOT NULL, 
	next_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
CREATE TABLE closing (
	id INTEGER NOT NULL, 
	period TEXT NOT NULL, 
	closed_at DATETIME NOT NULL, 
	issue_id INTEGER, register_sha256 VARCHAR(64), 
	PRIMARY KEY (id), 
	FOREIGN KEY(issue_id) REFERENCES issue (id)
);
CREATE TABLE entered (
	id INTEGER NOT NULL, 
	indicator TEXT NOT NULL, 
	area TEXT NOT NULL, 
	period TEXT NOT NULL, 
	narrative TEXT NOT NULL, 
	commentary TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	because TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	value TEXT, 
	numerator TEXT, 
	denominator TEXT, 
	state VARCHAR(16), 
	suppressed BOOLEAN NOT NULL, 
	no_cases BOOLEAN DEFAULT 0 NOT NULL, 
	cell VARCHAR(12) NOT NULL, 
	submission_id INTEGER, 
	last_submission INTEGER NOT NULL, 
	last_issue INTEGER NOT NULL, 
	reopening_id INTEGER, 
	entered_at DATETIME NOT NULL, action TEXT DEFAULT '' NOT NULL, action_owner TEXT DEFAULT '' NOT NULL, action_by VARCHAR(10), forecast TEXT, confidence VARCHAR(8), 
	PRIMARY KEY (id), 
	FOREIGN KEY(submission_id) REFERENCES submission (id), 
	FOREIGN KEY(reopening_id) REFERENCES reopening (id)
);
CREATE TABLE finding (
	submission_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR(8) NOT NULL, 
	severity VARCHAR(8) NOT NULL, 
	sheet TEXT NOT NULL, 
	cell VARCHAR(12) NOT NULL, 
	value TEXT NOT NULL, 
	problem TEXT NOT NULL, 
	fix TEXT NOT NULL, 
	PRIMARY KEY (submission_id, position), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE forgotten (
	id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	forgotten_at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (submission_id), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE issue (
	id INTEGER NOT NULL, 
	period TEXT NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	issued_at DATETIME NOT NULL, register_sha256 VARCHAR(64), version VARCHAR(32), last_submission INTEGER, overall VARCHAR(8), suppresses BOOLEAN, is_draft BOOLEAN, number INTEGER, said VARCHAR(64), current_sha256 VARCHAR(64), asked TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE message (
	id INTEGER NOT NULL, 
	header_id VARCHAR(255) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	period TEXT NOT NULL, 
	area TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	attached TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	queued_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (header_id)
);
CREATE TABLE message_content (
	message_id INTEGER NOT NULL, 
	content BLOB NOT NULL, attachments TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (message_id), 
	FOREIGN KEY(message_id) REFERENCES message (id)
);
CREATE TABLE observation (
	submission_id INTEGER NOT NULL, 
	indicator TEXT NOT NULL, 
	area TEXT NOT NULL, 
	period TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	value TEXT, 
	numerator TEXT, 
	denominator TEXT, 
	state VARCHAR(16), 
	narrative TEXT NOT NULL, 
	suppressed BOOLEAN NOT NULL, 
	commentary TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	cell VARCHAR(12) NOT NULL, no_cases BOOLEAN DEFAULT 0 NOT NULL, action TEXT DEFAULT '' NOT NULL, action_owner TEXT DEFAULT '' NOT NULL, action_by VARCHAR(10), forecast TEXT, confidence VARCHAR(8), 
	PRIMARY KEY (submission_id, indicator), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE outstanding (
	id INTEGER NOT NULL, 
	last_message INTEGER NOT NULL, 
	last_attempt INTEGER NOT NULL, 
	messages TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE quarantined (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	filename TEXT NOT NULL, 
	why TEXT NOT NULL, 
	told_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE rating (
	issue_id INTEGER NOT NULL, 
	indicator TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	performance TEXT NOT NULL, 
	target TEXT NOT NULL, 
	rating VARCHAR(20) NOT NULL, merge_rule VARCHAR(16), 
	PRIMARY KEY (issue_id, indicator), 
	FOREIGN KEY(issue_id) REFERENCES issue (id)
);
CREATE TABLE reopening (
	id INTEGER NOT NULL, 
	period TEXT NOT NULL, 
	closing_id INTEGER NOT NULL, 
	reopened_at DATETIME NOT NULL, 
	"by" TEXT NOT NULL, 
	because TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(closing_id) REFERENCES closing (id)
);
CREATE TABLE request (
	id INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	period TEXT NOT NULL, 
	area TEXT NOT NULL, 
	finding TEXT NOT NULL, 
	indicator TEXT NOT NULL, 
	code TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	because TEXT NOT NULL, 
	"on" VARCHAR(10) NOT NULL, 
	came TEXT NOT NULL, 
	line VARCHAR(64) NOT NULL, 
	decided_at DATETIME NOT NULL, 
	is_done BOOLEAN NOT NULL, 
	answer TEXT NOT NULL, 
	issue_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(issue_id) REFERENCES issue (id)
);
CREATE TABLE signature (
	submission_id INTEGER NOT NULL, 
	completed_by TEXT NOT NULL, 
	signed_off_by TEXT NOT NULL, 
	PRIMARY KEY (submission_id), 
	FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE submission (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	filename TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	outcome VARCHAR(12) NOT NULL, 
	area TEXT, 
	period TEXT, 
	size BIGINT NOT NULL, 
	register_sha256 VARCHAR(64) NOT NULL, delivery VARCHAR(64) DEFAULT '' NOT NULL, version VARCHAR(32) DEFAULT '' NOT NULL, folder_area TEXT, reopening_id INTEGER REFERENCES reopening (id), current_sha256 VARCHAR(64), 
	PRIMARY KEY (id)
);
CREATE TABLE suppressed (
	id INTEGER NOT NULL, 
	issue_id INTEGER NOT NULL, 
	period TEXT NOT NULL, 
	indicator TEXT NOT NULL, 
	area TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(issue_id) REFERENCES issue (id)
);
CREATE INDEX ix_approval_submission_id ON approval (submission_id);
CREATE INDEX ix_attempt_message_id ON attempt (message_id);
CREATE INDEX ix_closing_period ON closing (period);
CREATE INDEX ix_entered_period ON entered (period);
CREATE INDEX ix_issue_period ON issue (period);
CREATE INDEX ix_message_period ON message (period);
CREATE INDEX ix_observation_period ON observation (period);
CREATE INDEX ix_reopening_period ON reopening (period);
CREATE INDEX ix_request_line ON request (line);
CREATE INDEX ix_submission_sha256 ON submission (sha256);
CREATE INDEX ix_suppressed_issue_id ON suppressed (issue_id);
CREATE INDEX ix_suppressed_period ON suppressed (period);
CREATE INDEX message_kind_queued_at ON message (kind, queued_at);
CREATE INDEX submission_period_area ON submission (period, area);
CREATE TRIGGER achievement_no_delete BEFORE DELETE ON achievement BEGIN SELECT RAISE(ABORT, 'the store keeps every achievement'); END;
CREATE TRIGGER achievement_no_update BEFORE UPDATE ON achievement BEGIN SELECT RAISE(ABORT, 'the store keeps every achievement'); END;
CREATE TRIGGER answered_no_delete BEFORE DELETE ON answered BEGIN SELECT RAISE(ABORT, 'the store keeps every answered'); END;
CREATE TRIGGER answered_no_update BEFORE UPDATE ON answered BEGIN SELECT RAISE(ABORT, 'the store keeps every answered'); END;
CREATE TRIGGER approval_no_delete BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'the store keeps every approval'); END;
CREATE TRIGGER approval_no_update BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'the store keeps every approval'); END;
CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'the store keeps every attempt'); END;
CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'the store keeps every attempt'); END;
CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing BEGIN SELECT RAISE(ABORT, 'the store keeps every closing'); END;
CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing BEGIN SELECT RAISE(ABORT, 'the store keeps every closing'); END;
CREATE TRIGGER entered_no_delete BEFORE DELETE ON entered BEGIN SELECT RAISE(ABORT, 'the store keeps every entered'); END;
CREATE TRIGGER entered_no_update BEFORE UPDATE ON entered BEGIN SELECT RAISE(ABORT, 'the store keeps every entered'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE submission_id = OLD.submission_id) BEGIN SELECT RAISE(ABORT, 'the store keeps every finding'); END;
CREATE TRIGGER finding_no_update BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'the store keeps every finding'); END;
CREATE TRIGGER forgotten_no_delete BEFORE DELETE ON forgotten BEGIN SELECT RAISE(ABORT, 'the store keeps every forgotten'); END;
CREATE TRIGGER forgotten_no_update BEFORE UPDATE ON forgotten BEGIN SELECT RAISE(ABORT, 'the store keeps every forgotten'); END;
CREATE TRIGGER issue_no_delete BEFORE DELETE ON issue BEGIN SELECT RAISE(ABORT, 'the store keeps every issue'); END;
CREATE TRIGGER issue_no_update BEFORE UPDATE ON issue BEGIN SELECT RAISE(ABORT, 'the store keeps every issue'); END;
CREATE TRIGGER message_content_no_delete BEFORE DELETE ON message_content WHEN NOT EXISTS (SELECT 1 FROM attempt WHERE message_id = OLD.message_id AND outcome = 'forgotten') BEGIN SELECT RAISE(ABORT, 'the store keeps every message_content'); END;
CREATE TRIGGER message_content_no_update BEFORE UPDATE ON message_content BEGIN SELECT RAISE(ABORT, 'the store keeps every message_content'); END;
CREATE TRIGGER message_no_delete BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'the store keeps every message'); END;
CREATE TRIGGER message_no_update BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'the store keeps every message'); END;
CREATE TRIGGER observation_no_delete BEFORE DELETE ON observation BEGIN SELECT RAISE(ABORT, 'the store keeps every observation'); END;
CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation BEGIN SELECT RAISE(ABORT, 'the store keeps every observation'); END;
CREATE TRIGGER outstanding_no_delete BEFORE DELETE ON outstanding BEGIN SELECT RAISE(ABORT, 'the store keeps every outstanding'); END;
CREATE TRIGGER outstanding_no_update BEFORE UPDATE ON outstanding BEGIN SELECT RAISE(ABORT, 'the store keeps every outstanding'); END;
CREATE TRIGGER quarantined_no_delete BEFORE DELETE ON quarantined BEGIN SELECT RAISE(ABORT, 'the store keeps every quarantined'); END;
CREATE TRIGGER quarantined_no_update BEFORE UPDATE ON quarantined BEGIN SELECT RAISE(ABORT, 'the store keeps every quarantined'); END;
CREATE TRIGGER rating_no_delete BEFORE DELETE ON rating BEGIN SELECT RAISE(ABORT, 'the store keeps every rating'); END;
CREATE TRIGGER rating_no_update BEFORE UPDATE ON rating BEGIN SELECT RAISE(ABORT, 'the store keeps every rating'); END;
CREATE TRIGGER reopening_no_delete BEFORE DELETE ON reopening BEGIN SELECT RAISE(ABORT, 'the store keeps every reopening'); END;
CREATE TRIGGER reopening_no_update BEFORE UPDATE ON reopening BEGIN SELECT RAISE(ABORT, 'the store keeps every reopening'); END;
CREATE TRIGGER request_no_delete BEFORE DELETE ON request BEGIN SELECT RAISE(ABORT, 'the store keeps every request'); END;
CREATE TRIGGER request_no_update BEFORE UPDATE ON request BEGIN SELECT RAISE(ABORT, 'the store keeps every request'); END;
CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE submission_id = OLD.submission_id) BEGIN SELECT RAISE(ABORT, 'the store keeps every signature'); END;
CREATE TRIGGER signature_no_update BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'the store keeps every signature'); END;
CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'the store keeps every submission'); END;
CREATE TRIGGER submission_no_update BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'the store keeps every submission'); END;
CREATE TRIGGER suppressed_no_delete BEFORE DELETE ON suppressed BEGIN SELECT RAISE(ABORT, 'the store keeps every suppressed'); END;
CREATE TRIGGER suppressed_no_update BEFORE UPDATE ON suppressed BEGIN SELECT RAISE(ABORT, 'the store keeps every suppressed'); END;
CREATE UNIQUE INDEX submission_delivery ON submission (delivery);
