-- A journal as version 1 of its tables had it; it never changes.
PRAGMA application_id = 1400140389;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE part (
            session INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            stretch TEXT NOT NULL,
            name TEXT NOT NULL,
            side TEXT,
            areas TEXT NOT NULL,
            planned INTEGER NOT NULL,
            done INTEGER NOT NULL,
            seconds REAL NOT NULL,
            eased INTEGER NOT NULL,
            hurt INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            PRIMARY KEY (session, number)
        ) WITHOUT ROWID;
INSERT INTO "part" VALUES(1,0,'cat-cow','Cat cow',NULL,'["lower-back","upper-back"]',1,1,48.0,0,0,0);
INSERT INTO "part" VALUES(1,1,'open-book','Open book','left','["upper-back"]',2,2,60.0,0,0,0);
INSERT INTO "part" VALUES(1,2,'open-book','Open book','right','["upper-back"]',2,2,60.5,0,0,0);
INSERT INTO "part" VALUES(2,0,'cat-cow','Cat cow',NULL,'["lower-back","upper-back"]',1,1,48.0,1,0,0);
INSERT INTO "part" VALUES(2,1,'pigeon','Pigeon','left','["hips","glutes"]',2,1,31.25,0,1,0);
INSERT INTO "part" VALUES(2,2,'pigeon','Pigeon','right','["hips","glutes"]',2,0,0.0,0,0,1);
CREATE TABLE plan (
            key INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            data BLOB NOT NULL
        );
INSERT INTO "plan" VALUES(1,X'22A85AB19BFABF3CC9C61B1852BCB3243CCE1EECE551C4D1F13CFC5E4A06F8E3',X'789CAB562AC92CC94955B252F2C92F4F2D52484A4CCE56AA0500578C0797');
INSERT INTO "plan" VALUES(2,X'B42FDC7ABCFD358D71629BCD0125D979708938385FF68765A694F07BA2E74C75',X'789CAB562AC92CC94955B252F2C82C2856AA05002EF80571');
CREATE TABLE session (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            revision INTEGER NOT NULL,
            started TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            day TEXT NOT NULL,
            title TEXT NOT NULL,
            areas TEXT NOT NULL,
            planned_seconds REAL NOT NULL,
            active_seconds REAL NOT NULL,
            ended TEXT,
            phase INTEGER NOT NULL,
            done INTEGER NOT NULL,
            planned INTEGER NOT NULL,
            before INTEGER, worst INTEGER, after INTEGER, next_morning INTEGER,
            spread TEXT, new_sign INTEGER, sudden INTEGER NOT NULL,
            plan INTEGER REFERENCES plan (key),
            process TEXT
        );
INSERT INTO "session" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'2026-11-23T07:30:00+01:00',1795415400,'2026-11-23','Lower back','["lower-back"]',600.0,600.0,'finished',9,2,2,4,NULL,2,NULL,NULL,NULL,0,1,NULL);
INSERT INTO "session" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',1,'2026-11-24T21:05:00+01:00',1795550700,'2026-11-24','Hips','["hips"]',900.0,120.0,NULL,4,1,2,NULL,NULL,NULL,NULL,NULL,NULL,0,2,'1234:5');
CREATE INDEX session_epoch ON session (epoch, id);
CREATE INDEX session_day ON session (day, done, active_seconds);
COMMIT;
