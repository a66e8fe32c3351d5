// SPDX-License-Identifier: Apache-2.0

import S3Storage
import Testing

@Suite struct UTCTimeTests {
    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"),
        (4_102_444_799, "20991231T235959Z"), (-1, "19691231T235959Z"),
    ])
    func writesAndReadsTheBasicForm(seconds: Int64, text: String) {
        #expect(UTCTime(secondsSinceEpoch: seconds).basicDateTime == text)
        #expect(UTCTime(iso8601: text)?.secondsSinceEpoch == seconds)
    }

    @Test(arguments: [
        "2015-08-30T12:36:00Z", "2015-08-30T12:36:00.000Z", "2015-08-30T12:36:00.123456789Z",
        "2015-08-30T12:36:00+00:00",
    ])
    func readsTheExtendedForm(text: String) {
        #expect(UTCTime(iso8601: text)?.secondsSinceEpoch == 1_440_938_160)
    }

    @Test(arguments: [
        "", "2015", "2015-13-30T12:36:00Z", "2015-08-30T25:36:00Z", "2015-08-30T12:36:00+02:00", "not a date at all",
    ])
    func refusesOtherTexts(text: String) {
        #expect(UTCTime(iso8601: text) == nil)
    }

    @Test func readsDateHeaders() {
        #expect(UTCTime(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.secondsSinceEpoch == 784_111_777)
        #expect(UTCTime(httpDate: "Sunday, 06-Nov-94 08:49:37 GMT") == nil)
        #expect(UTCTime(httpDate: "Sun, 06 Foo 1994 08:49:37 GMT") == nil)
    }

    @Test func agreesWithItselfOnEveryDayOfFourCenturies() {
        for day in stride(from: Int64(-10), to: 146_200, by: 1) {
            let time = UTCTime(secondsSinceEpoch: day * 86_400 + 3723)
            let parts = time.components
            #expect(
                UTCTime(
                    year: parts.year,
                    month: parts.month,
                    day: parts.day,
                    hour: parts.hour,
                    minute: parts.minute,
                    second: parts.second
                ) == time
            )
        }
    }
}
