// SPDX-License-Identifier: Apache-2.0

extension BackupStorageLocation {
    /// What is wrong with the specification, without asking the provider; empty if nothing is.
    package func validate() -> [String] {
        var problems: [String] = []
        if (self.provider ?? "").isEmpty { problems.append("spec.provider is empty") }
        let bucket = self.bucket ?? ""
        let config = self.config ?? [:]
        if bucket.isEmpty {
            problems.append("spec.objectStorage.bucket is empty")
        } else if bucket.contains("/"), !bucket.hasPrefix("arn:") {
            problems.append(
                "backup storage location's bucket name \"\(bucket)\" must not contain a '/' "
                    + "(if using a prefix, put it in the 'Prefix' field instead)"
            )
        }
        if self.caCertificates != nil, self.caSecretName != nil {
            problems.append("spec.objectStorage.caCert and caCertRef exclude each other: keep caCertRef")
        }
        if (self.credentialName ?? "").isEmpty != (self.credentialKey ?? "").isEmpty {
            problems.append("spec.credential needs both name and key")
        }
        for name in ["s3Url", "publicUrl"] {
            guard let url = config[name], !url.isEmpty else { continue }
            if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
                problems.append("spec.config.\(name) must start with http:// or https://")
            }
        }
        if case .unknown(let text) = self.accessMode {
            problems.append("spec.accessMode \"\(text)\" is neither ReadOnly nor ReadWrite")
        }
        return problems
    }
}
