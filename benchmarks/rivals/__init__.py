"""What StanceBank is compared with: the same work as somebody would do it who knows the other tool well."""
