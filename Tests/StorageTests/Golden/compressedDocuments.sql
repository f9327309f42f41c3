-- A ledger as the schema compressedDocuments holds it. Never edited.
PRAGMA application_id = 1095128131;
CREATE TABLE fact (
    source TEXT NOT NULL CHECK (source IN ('gateway', 'desk')),
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    canonical BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- ticket/cycle/clock/step: a step is written once
    stepID TEXT UNIQUE,
    PRIMARY KEY (source, epoch, sequence)
) STRICT;

CREATE TRIGGER factIsNeverChanged BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;

CREATE TRIGGER factIsNeverDeleted BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END;

-- At most one open ticket for a fault key, whatever the program believes.
CREATE TABLE openTicket (
    faultKey TEXT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL UNIQUE
) STRICT;

-- Evidence and policies, by their SHA-256.
CREATE TABLE document (
    sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
    kind TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
ALTER TABLE document ADD COLUMN plainBytes INTEGER CHECK (plainBytes > 0);
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('v1');
INSERT INTO grdb_migrations VALUES ('compressedDocuments');
INSERT INTO document VALUES ('26c35f95039fcb3dddcc048e1b26b0e8156ec7390579ecd14dbf915ebb79862d', 'evidence', x'789c333636305430d03234523054a8d03256d03552301e15a28f1000a3fa46b5', 380);
INSERT INTO document VALUES ('bbf27b636905e43e73d0d28934e25e5f66624da94d03b3473239561513ace2e9', 'policy', CAST('policy: default
version: 2
' AS BLOB), NULL);
INSERT INTO openTicket VALUES ('home-1/B123/dataLost', 'home-1.2');
INSERT INTO fact VALUES ('gateway', 1, 1, 'site/home-1', 'DeviceIdentified',
    CAST('{"at":1777888800000,"event":{"device":"pack-1","profile":"made-up","serial":"B123"},"fact":"DeviceIdentified","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"site/home-1","writer":"gateway"}' AS BLOB),
    x'4063f76e90348b0aba06deb33aa6703bbb4bf57325e20702ce00d265451157e1', NULL);
INSERT INTO fact VALUES ('gateway', 1, 2, 'site/home-1', 'AlarmRaised',
    CAST('{"at":1777888800000,"event":{"alarm":"cellTemperatureHigh","class":"overTemperature","device":"pack-1","explanation":"Cell 3 is at 61 °C.","fault":"overTemperature","occurrence":"pack-1/cellTemperatureHigh#1","place":3,"routing":"K0","severity":"safety"},"fact":"AlarmRaised","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"site/home-1","writer":"gateway"}' AS BLOB),
    x'150e6b24bcf0615e82fb136fe9dc4e4baedf21293e4f8148fbb6a66592fa8c6e', NULL);
INSERT INTO fact VALUES ('gateway', 1, 3, 'ticket/home-1.1', 'FaultOpened',
    CAST('{"at":1777888800000,"event":{"alarm":"cellTemperatureHigh","class":"overTemperature","device":"pack-1","explanation":"Cell 3 is at 61 °C.","fault":"overTemperature","key":"home-1/B123/overTemperature","occurrence":"pack-1/cellTemperatureHigh#1","place":3,"routing":"K0","severity":"safety"},"fact":"FaultOpened","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"ticket/home-1.1","writer":"gateway"}' AS BLOB),
    x'83ff65e8d9395e80009ae30d804cfcfab772dbdf1db8a59e02f65721f5921fda', NULL);
INSERT INTO fact VALUES ('desk', 1, 1, 'ticket/home-1.1', 'PolicyBound',
    CAST('{"at":1777888800000,"event":{"policy":"default","sha256":"bbf27b636905e43e73d0d28934e25e5f66624da94d03b3473239561513ace2e9","version":2},"fact":"PolicyBound","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'ae1cba0f6687def07a1ce8111b1a3edc236ca331acc39c878f727b7da886a0ce', NULL);
INSERT INTO fact VALUES ('desk', 1, 2, 'ticket/home-1.1', 'DeskAccepted',
    CAST('{"at":1777888800000,"event":{"receivedAt":1777888800000,"standingAuthorisation":"2026-05-04"},"fact":"DeskAccepted","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'2452c8e349646f2174642999e90fd786b7baad6b311d258a4bb1654e23fd5bc2', NULL);
INSERT INTO fact VALUES ('gateway', 1, 4, 'ticket/home-1.1', 'EvidenceAttached',
    CAST('{"at":1777888800000,"event":{"sha256":"26c35f95039fcb3dddcc048e1b26b0e8156ec7390579ecd14dbf915ebb79862d","title":"Zelle \"3\", heiß"},"fact":"EvidenceAttached","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"ticket/home-1.1","writer":"gateway"}' AS BLOB),
    x'ffeb2e5961c41c7b2c45dbc153c81bff1627deaf8f4367c66a9727eec052e74e', NULL);
INSERT INTO fact VALUES ('desk', 1, 3, 'site/home-1', 'NotificationDue',
    CAST('{"at":1777888800000,"event":{"audience":["user","support"],"calls":["home-1.1/1/opened"],"flood":0,"tickets":["home-1.1"],"urgent":1},"fact":"NotificationDue","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"site/home-1","writer":"desk"}' AS BLOB),
    x'2b9d89a62de45e7148023850ba01f7d79a97f15e59bba4dc2de5d2efafd9b402', NULL);
INSERT INTO fact VALUES ('gateway', 1, 5, 'site/home-1', 'NotificationDelivered',
    CAST('{"at":1777888800000,"event":{"attempt":1,"audience":["support"],"channel":"desk","message":"home-1.1/1/opened","receipt":"200"},"fact":"NotificationDelivered","recordedAt":1777888800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":5,"trust":"synced","wallMs":1777888800000},"subject":"site/home-1","writer":"gateway"}' AS BLOB),
    x'664b9b176bf99e551303d0daa4b66b6736f808acbbbe1abc95033b597c15f1b3', NULL);
INSERT INTO fact VALUES ('desk', 1, 4, 'ticket/home-1.1', 'Warned',
    CAST('{"at":1777932000000,"event":{"clock":"response","cycle":1,"percent":50},"fact":"Warned","recordedAt":1777932000000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":43200000000005,"trust":"synced","wallMs":1777932000000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'55adbeb323fb65dfde0834b95788983151fd8f95999b9d6a70e9d6e511675252', 'home-1.1/1/response/warn50');
INSERT INTO fact VALUES ('desk', 1, 5, 'ticket/home-1.1', 'FirstResponse',
    CAST('{"at":1777935600000,"event":{"author":"Ana","channel":"phone"},"fact":"FirstResponse","recordedAt":1777935600000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":46800000000005,"trust":"synced","wallMs":1777935600000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'ccddd4d41372dec462efb21343937a4d597097fcb23e1fc2065394ee8375680f', NULL);
INSERT INTO fact VALUES ('gateway', 1, 6, 'ticket/home-1.1', 'AlarmCleared',
    CAST('{"at":1777935600000,"event":{"occurrence":"pack-1/cellTemperatureHigh#1","reason":"returnedToNormal"},"fact":"AlarmCleared","recordedAt":1777935600000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":46800000000005,"trust":"synced","wallMs":1777935600000},"subject":"ticket/home-1.1","writer":"gateway"}' AS BLOB),
    x'5ead8230058af8a6217330f8af7c56e0d0494ab04d9f426defb94a15881b5eff', NULL);
INSERT INTO fact VALUES ('desk', 1, 6, 'ticket/home-1.1', 'RemoteOutcome',
    CAST('{"at":1777939200000,"event":{"author":"Ana","outcome":"solved","verified":"user"},"fact":"RemoteOutcome","recordedAt":1777939200000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":50400000000005,"trust":"synced","wallMs":1777939200000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'90ac10b7a78ad9b1a3b143349f9ad52aee27461d5ad357d63615cf4b314dd8b0', NULL);
INSERT INTO fact VALUES ('desk', 1, 7, 'ticket/home-1.1', 'StatusReportDelivered',
    CAST('{"at":1777939200000,"event":{"author":"Ana","channel":"mail","evidence":"mail-1","hash":"ab12"},"fact":"StatusReportDelivered","recordedAt":1777939200000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":50400000000005,"trust":"synced","wallMs":1777939200000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'8c9e796c6954829c40e670e0d6ba4e69e1d93ee511f04c77347e31e6b8ee5f22', NULL);
INSERT INTO fact VALUES ('desk', 1, 8, 'ticket/home-1.1', 'Closed',
    CAST('{"at":1777942800000,"event":{"author":"Ana"},"fact":"Closed","recordedAt":1777942800000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":54000000000005,"trust":"synced","wallMs":1777942800000},"subject":"ticket/home-1.1","writer":"desk"}' AS BLOB),
    x'f4c451ff814379c852bdd6f3add8cb0aae31e86c6970ac2abf2064580326d722', NULL);
INSERT INTO fact VALUES ('gateway', 1, 7, 'site/home-1', 'AlarmRaised',
    CAST('{"at":1777946400000,"event":{"alarm":"dataLost","class":"dataLost","device":"pack-1","explanation":"Cell 3 is at 61 °C.","fault":"dataLost","occurrence":"pack-1/dataLost#1","routing":"K3","severity":"safety"},"fact":"AlarmRaised","recordedAt":1777946400000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":57600000000005,"trust":"synced","wallMs":1777946400000},"subject":"site/home-1","writer":"gateway"}' AS BLOB),
    x'baf36d3e7d4347b93387c872488e75f6f0cab324ca0dfb1853d3bac301701cc7', NULL);
INSERT INTO fact VALUES ('gateway', 1, 8, 'ticket/home-1.2', 'FaultOpened',
    CAST('{"at":1777946400000,"event":{"alarm":"dataLost","class":"dataLost","device":"pack-1","explanation":"Cell 3 is at 61 °C.","fault":"dataLost","key":"home-1/B123/dataLost","occurrence":"pack-1/dataLost#1","routing":"K3","severity":"safety"},"fact":"FaultOpened","recordedAt":1777946400000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":57600000000005,"trust":"synced","wallMs":1777946400000},"subject":"ticket/home-1.2","writer":"gateway"}' AS BLOB),
    x'7368c3c68b5d63a4b6938e0fec7c0be05ef2a0f0b6ac4adb0fd04e1939bafde9', NULL);
INSERT INTO fact VALUES ('desk', 1, 9, 'ticket/home-1.2', 'PolicyBound',
    CAST('{"at":1777946400000,"event":{"policy":"default","sha256":"bbf27b636905e43e73d0d28934e25e5f66624da94d03b3473239561513ace2e9","version":2},"fact":"PolicyBound","recordedAt":1777946400000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":57600000000005,"trust":"synced","wallMs":1777946400000},"subject":"ticket/home-1.2","writer":"desk"}' AS BLOB),
    x'68e6c176186fe6ffec86d6dcbd281b68f3f66897408ede321649b62164a831cc', NULL);
INSERT INTO fact VALUES ('desk', 1, 10, 'ticket/home-1.2', 'DeskAccepted',
    CAST('{"at":1777946400000,"event":{"receivedAt":1777946400000,"standingAuthorisation":"2026-05-04"},"fact":"DeskAccepted","recordedAt":1777946400000,"stamp":{"boot":"00000000000000070000000000000009","boottimeNs":57600000000005,"trust":"synced","wallMs":1777946400000},"subject":"ticket/home-1.2","writer":"desk"}' AS BLOB),
    x'df6e70b3c0bdea92dbbb8a432c6ddd3c0e5e20a64ac989161a3a769d69a23ce9', NULL);
