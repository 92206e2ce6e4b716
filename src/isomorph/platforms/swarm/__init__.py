"""Docker Swarm, as `docker stack deploy` understands stack files.

    reader.py      files --compose's loading, StackLoader--> checked --preparing--> Compose's form --compose's reader--> model
    preparing.py   what Swarm says in other words, or heeds not at all, before Compose's reader sees it
    templates.py   `{{.Node.Hostname}}` and the like, which only the running task knows
    writer.py      model --reducing--> what Swarm can say --compose's writer--> Compose's form --stack_form--> stack file
    support.py, defaults.py   how Swarm differs from Compose in what it can say, and in what its silence means

A stack file has the form of a Compose file of version 3, so that the readers and writers of services are Compose's own;
here is only what differs.
"""

PLATFORM = "swarm"
