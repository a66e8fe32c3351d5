// SPDX-License-Identifier: Apache-2.0

/// What restic 0.19.1 said to policies on one group of snapshots, recorded from `forget --dry-run --json --group-by ""`.
enum RetentionVectors {
    /// Time and tags of each snapshot.
    static let snapshots = """
        2016-01-01T12:00:00Z
        2016-01-01T13:30:00+05:30 a
        2020-01-09T00:00:00Z a,b
        2020-01-09T00:30:00Z b
        2020-01-09T01:30:00+05:30 b
        2020-01-09T02:00:00Z
        2020-01-09T03:00:00-05:00 a,b
        2020-01-09T04:00:00Z
        2020-02-09T04:00:00Z b
        2020-02-09T05:00:00Z b
        2020-02-09T05:30:00-05:00
        2020-02-10T05:30:00Z b
        2020-02-10T07:00:00+05:30 a,b
        2020-02-10T08:30:00Z b
        2020-02-13T08:30:00Z
        2020-02-14T08:30:00+05:30
        2020-02-14T09:30:00Z b
        2020-02-15T09:30:00-05:00 b
        2020-03-17T09:30:00+05:30 a,b
        2020-07-15T09:30:00+05:30 a
        2020-07-16T09:30:00Z
        2020-07-16T10:30:00+05:30 b
        2020-11-13T10:30:00+05:30 a,b
        2020-11-16T10:30:00Z
        2020-12-17T10:30:00Z a
        2020-12-17T12:00:00-05:00 a,b
        2020-12-17T12:30:00Z b
        2020-12-25T12:30:00+05:30 a
        2021-04-24T12:30:00-04:00
        2021-04-24T13:30:00+05:30 a,b
        2021-04-24T14:30:00Z a
        2021-08-22T14:30:00+05:30 a,b
        2021-08-30T14:30:00Z a,b
        2021-09-07T14:30:00Z b
        2021-09-07T15:30:00-04:00
        2021-09-08T15:30:00+05:30
        """

    /// A policy, then the snapshots it keeps with the reasons.
    static let policies = """
        --keep-last 1 | 35=last snapshot
        --keep-last 5 | 35=last snapshot; 34=last snapshot; 33=last snapshot; 32=last snapshot; 31=last snapshot
        --keep-last 100 | 35=last snapshot; 34=last snapshot; 33=last snapshot; 32=last snapshot; 31=last snapshot; 30=last snapshot; 29=last snapshot; 28=last snapshot; 27=last snapshot; 26=last snapshot; 25=last snapshot; 24=last snapshot; 23=last snapshot; 22=last snapshot; 21=last snapshot; 20=last snapshot; 19=last snapshot; 18=last snapshot; 17=last snapshot; 16=last snapshot; 15=last snapshot; 14=last snapshot; 13=last snapshot; 12=last snapshot; 11=last snapshot; 10=last snapshot; 9=last snapshot; 8=last snapshot; 7=last snapshot; 6=last snapshot; 5=last snapshot; 4=last snapshot; 3=last snapshot; 2=last snapshot; 1=last snapshot; 0=last snapshot
        --keep-hourly 6 | 35=hourly snapshot; 34=hourly snapshot; 33=hourly snapshot; 32=hourly snapshot; 31=hourly snapshot; 28=hourly snapshot
        --keep-daily 5 | 35=daily snapshot; 34=daily snapshot; 32=daily snapshot; 31=daily snapshot; 28=daily snapshot
        --keep-weekly 4 | 35=weekly snapshot; 32=weekly snapshot; 31=weekly snapshot; 28=weekly snapshot
        --keep-monthly 6 | 35=monthly snapshot; 32=monthly snapshot; 28=monthly snapshot; 27=monthly snapshot; 23=monthly snapshot; 20=monthly snapshot
        --keep-yearly 3 | 35=yearly snapshot; 27=yearly snapshot; 0=yearly snapshot
        --keep-yearly 100 | 35=yearly snapshot; 27=yearly snapshot; 1=oldest yearly snapshot; 0=yearly snapshot
        --keep-daily unlimited | 35=daily snapshot; 34=daily snapshot; 32=daily snapshot; 31=daily snapshot; 28=daily snapshot; 27=daily snapshot; 25=daily snapshot; 23=daily snapshot; 22=daily snapshot; 20=daily snapshot; 19=daily snapshot; 18=daily snapshot; 17=daily snapshot; 16=daily snapshot; 14=daily snapshot; 13=daily snapshot; 10=daily snapshot; 6=daily snapshot; 1=oldest daily snapshot; 0=daily snapshot
        --keep-hourly unlimited --keep-last 2 | 35=last snapshot + hourly snapshot; 34=last snapshot + hourly snapshot; 33=hourly snapshot; 32=hourly snapshot; 31=hourly snapshot; 30=hourly snapshot; 29=hourly snapshot; 28=hourly snapshot; 27=hourly snapshot; 25=hourly snapshot; 24=hourly snapshot; 23=hourly snapshot; 22=hourly snapshot; 21=hourly snapshot; 20=hourly snapshot; 19=hourly snapshot; 18=hourly snapshot; 17=hourly snapshot; 16=hourly snapshot; 15=hourly snapshot; 14=hourly snapshot; 13=hourly snapshot; 12=hourly snapshot; 11=hourly snapshot; 10=hourly snapshot; 8=hourly snapshot; 7=hourly snapshot; 6=hourly snapshot; 5=hourly snapshot; 4=hourly snapshot; 3=hourly snapshot; 1=hourly snapshot; 0=hourly snapshot
        --keep-daily 3 --keep-weekly 2 --keep-monthly 2 --keep-yearly 10 | 35=daily snapshot + weekly snapshot + monthly snapshot + yearly snapshot; 34=daily snapshot; 32=daily snapshot + weekly snapshot + monthly snapshot; 27=yearly snapshot; 1=oldest yearly snapshot; 0=yearly snapshot
        --keep-within 1y | 35=within 1y; 34=within 1y; 33=within 1y; 32=within 1y; 31=within 1y; 30=within 1y; 29=within 1y; 28=within 1y; 27=within 1y; 26=within 1y; 25=within 1y; 24=within 1y; 23=within 1y; 22=within 1y
        --keep-within 1y2m3d4h | 35=within 1y2m3d4h; 34=within 1y2m3d4h; 33=within 1y2m3d4h; 32=within 1y2m3d4h; 31=within 1y2m3d4h; 30=within 1y2m3d4h; 29=within 1y2m3d4h; 28=within 1y2m3d4h; 27=within 1y2m3d4h; 26=within 1y2m3d4h; 25=within 1y2m3d4h; 24=within 1y2m3d4h; 23=within 1y2m3d4h; 22=within 1y2m3d4h; 21=within 1y2m3d4h; 20=within 1y2m3d4h; 19=within 1y2m3d4h
        --keep-within 200y | 35=within 200y; 34=within 200y; 33=within 200y; 32=within 200y; 31=within 200y; 30=within 200y; 29=within 200y; 28=within 200y; 27=within 200y; 26=within 200y; 25=within 200y; 24=within 200y; 23=within 200y; 22=within 200y; 21=within 200y; 20=within 200y; 19=within 200y; 18=within 200y; 17=within 200y; 16=within 200y; 15=within 200y; 14=within 200y; 13=within 200y; 12=within 200y; 11=within 200y; 10=within 200y; 9=within 200y; 8=within 200y; 7=within 200y; 6=within 200y; 5=within 200y; 4=within 200y; 3=within 200y; 2=within 200y; 1=within 200y; 0=within 200y
        --keep-within-hourly 1m | 35=hourly within 1m; 34=hourly within 1m; 33=hourly within 1m; 32=hourly within 1m; 31=hourly within 1m
        --keep-within-daily 60d | 35=daily within 60d; 34=daily within 60d; 32=daily within 60d; 31=daily within 60d
        --keep-within-weekly 1y6m | 35=weekly within 1y6m; 32=weekly within 1y6m; 31=weekly within 1y6m; 28=weekly within 1y6m; 27=weekly within 1y6m; 25=weekly within 1y6m; 23=weekly within 1y6m; 22=weekly within 1y6m; 20=weekly within 1y6m; 18=weekly within 1y6m
        --keep-within-monthly 3y | 35=monthly within 3y; 32=monthly within 3y; 28=monthly within 3y; 27=monthly within 3y; 23=monthly within 3y; 20=monthly within 3y; 18=monthly within 3y; 17=monthly within 3y; 6=monthly within 3y
        --keep-within-yearly 100y | 35=yearly within 100y; 27=yearly within 100y; 1=oldest yearly within 100y; 0=yearly within 100y
        --keep-within-hourly 1d --keep-within-daily 7d --keep-within-weekly 1m --keep-within-monthly 1y --keep-within-yearly 75y | 35=hourly within 1d + daily within 7d + weekly within 1m + monthly within 1y + yearly within 75y; 34=hourly within 1d + daily within 7d; 33=hourly within 1d; 32=weekly within 1m + monthly within 1y; 31=weekly within 1m; 28=monthly within 1y; 27=monthly within 1y + yearly within 75y; 23=monthly within 1y; 1=oldest yearly within 75y; 0=yearly within 75y
        --keep-tag a | 32=has tags [a]; 31=has tags [a]; 30=has tags [a]; 29=has tags [a]; 27=has tags [a]; 25=has tags [a]; 24=has tags [a]; 22=has tags [a]; 19=has tags [a]; 18=has tags [a]; 12=has tags [a]; 6=has tags [a]; 2=has tags [a]; 1=has tags [a]
        --keep-tag a,b | 32=has tags [a, b]; 31=has tags [a, b]; 29=has tags [a, b]; 25=has tags [a, b]; 22=has tags [a, b]; 18=has tags [a, b]; 12=has tags [a, b]; 6=has tags [a, b]; 2=has tags [a, b]
        --keep-tag a --keep-tag b --keep-last 1 | 35=last snapshot; 33=has tags [b]; 32=has tags [a] + has tags [b]; 31=has tags [a] + has tags [b]; 30=has tags [a]; 29=has tags [a] + has tags [b]; 27=has tags [a]; 26=has tags [b]; 25=has tags [a] + has tags [b]; 24=has tags [a]; 22=has tags [a] + has tags [b]; 21=has tags [b]; 19=has tags [a]; 18=has tags [a] + has tags [b]; 17=has tags [b]; 16=has tags [b]; 13=has tags [b]; 12=has tags [a] + has tags [b]; 11=has tags [b]; 9=has tags [b]; 8=has tags [b]; 6=has tags [a] + has tags [b]; 4=has tags [b]; 3=has tags [b]; 2=has tags [a] + has tags [b]; 1=has tags [a]
        --keep-last 2 --keep-within 31d --keep-tag b | 35=within 31d + last snapshot; 34=within 31d + last snapshot; 33=has tags [b] + within 31d; 32=has tags [b] + within 31d; 31=has tags [b] + within 31d; 29=has tags [b]; 26=has tags [b]; 25=has tags [b]; 22=has tags [b]; 21=has tags [b]; 18=has tags [b]; 17=has tags [b]; 16=has tags [b]; 13=has tags [b]; 12=has tags [b]; 11=has tags [b]; 9=has tags [b]; 8=has tags [b]; 6=has tags [b]; 4=has tags [b]; 3=has tags [b]; 2=has tags [b]
        """
}
